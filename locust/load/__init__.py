"""What the load is made of: users, their pace, their books, and the verdict."""
