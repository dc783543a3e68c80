"""Figures and documents: SVG and HTML drawn on the server, with no script and no network."""
