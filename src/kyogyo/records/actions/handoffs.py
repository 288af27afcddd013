"""Everything that is done with a handoff: the giver's acts, the receiver's decisions, the result."""

from kyogyo.records.actions.decisions import accept_handoff, need_work, return_handoff
from kyogyo.records.actions.offers import offer_again, offer_handoff, withdraw_handoff
from kyogyo.records.actions.results import Answered, Settled, file_result
from kyogyo.records.actions.undoing import undo_decision

__all__ = [
    "Answered",
    "Settled",
    "accept_handoff",
    "file_result",
    "need_work",
    "offer_again",
    "offer_handoff",
    "return_handoff",
    "undo_decision",
    "withdraw_handoff",
]
