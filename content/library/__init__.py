"""The texts that a new site begins with, in our own words. Schools change them in the editor."""
