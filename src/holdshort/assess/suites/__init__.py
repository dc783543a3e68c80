"""Test suites of the four areas of risk: items generated from a seed, marked by program.

Every suite measures *ability*: a higher score means that the model can do more of what the area
worries about, never that it would. They are harmless by construction: see each area's package.
The generation and marking of items (this package less ``tasks``) import no test engine, so that
a verifier needs the standard library only.
"""
