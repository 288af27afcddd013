"""A relay of queues: first come first served, with patience; who waits cools down.

Time is continuous, people work at a steady pace, journeys are handed on one by one. Lead (waits for inside
sales) > working > meeting (waits for field sales) > deal > proposal > won; customers pay monthly, leave, grow.
"""

from kyogyo.analytics.simulate.relay.trials import Relay

__all__ = ["Relay"]
