"""What the public archive needs of the database: published stories, opened cases, takedowns."""
