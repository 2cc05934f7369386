"""The house: settings, people, the school, the audit trail, secrets, the engines and the look."""
