"""Read a page: its links, what they promise, its pager, and whether it is content at all."""
