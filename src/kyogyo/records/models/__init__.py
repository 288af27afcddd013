"""Data and one-row facts. Rules stand in `actions`, who sees what in `access`."""

from kyogyo.records.models.accounts import Account, Person, Revenue
from kyogyo.records.models.countermeasures import (
    Countermeasure,
    CountermeasureEvent,
    CountermeasureStart,
    CountermeasureStep,
    StepScore,
)
from kyogyo.records.models.handoffs import (
    Claim,
    Commitment,
    CommitmentOutcome,
    Handoff,
    HandoffEvent,
)
from kyogyo.records.models.journal import (
    AuditEvent,
    Erasure,
    IdempotencyKey,
    ImportBatch,
    Outbox,
)
from kyogyo.records.models.journeys import (
    Activity,
    Assignment,
    Cause,
    CriterionCheck,
    Journey,
    NextStep,
    StageEntry,
)
from kyogyo.records.models.organisation import CustomField, ModelVersion, Organisation
from kyogyo.records.models.people import (
    ApiKey,
    Membership,
    Role,
    SavedView,
    Sight,
    Team,
    User,
)
from kyogyo.records.models.sight import JourneySight
from kyogyo.records.models.watching import Alert, AlertAnswer, Review, ReviewPoint

__all__ = [
    "Account", "Activity", "Alert", "AlertAnswer", "ApiKey", "Assignment", "AuditEvent", "Cause", "Claim",
    "Commitment", "CommitmentOutcome", "Countermeasure", "CountermeasureEvent", "CountermeasureStart",
    "CountermeasureStep", "CriterionCheck", "CustomField", "Erasure", "Handoff", "HandoffEvent",
    "IdempotencyKey", "ImportBatch", "Journey", "JourneySight", "Membership", "ModelVersion", "NextStep",
    "Organisation", "Outbox", "Person", "Revenue", "Review", "ReviewPoint", "Role", "SavedView", "Sight",
    "StageEntry", "StepScore", "Team", "User",
]  # fmt: skip
