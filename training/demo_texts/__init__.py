"""The demo course in Chinese: its lessons and its question bank, written for this product."""
