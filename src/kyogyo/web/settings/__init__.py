"""What a person, an administrator and a company set: themselves, people, teams, fields, keys, model."""
