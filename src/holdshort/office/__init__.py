"""The running authority: the one door for acts, over Django's ORM."""
