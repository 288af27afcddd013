"""A generator: a B2B SaaS company that works THE MODEL.

`market` and `profile` hold its numbers; `world` is the organisation before anything happens (with
`clock` and `people`); `demand` brings leads, `flow` moves them (with `queues`, `journeys`),
`customers` pay; `past` is all of that together, `log`, `tables` and `attributes` what the company's
systems know of it, `truth` what they don't. `company` is the door.
"""
