"""The registry of consents: what guardians were asked, what they said, and what follows from it at once."""
