"""Render a page where its markup holds no links: Chromium by scrapy-playwright, off the network."""
