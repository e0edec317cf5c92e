"""The published database's tables; metadata.json describes every one of their columns."""

from __future__ import annotations

TABLES = """
CREATE TABLE places (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT,
  parent TEXT REFERENCES places(code),
  province TEXT
);
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  started TEXT NOT NULL,
  finished TEXT,
  requests INTEGER NOT NULL,
  found INTEGER NOT NULL,
  new INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  failed INTEGER NOT NULL
);
CREATE TABLE portals (
  id TEXT PRIMARY KEY,
  place TEXT REFERENCES places(code),
  url TEXT NOT NULL,
  family TEXT,
  state TEXT,
  last_run TEXT REFERENCES runs(id)
);
CREATE TABLE captures (
  id TEXT PRIMARY KEY,
  run TEXT REFERENCES runs(id),
  portal TEXT REFERENCES portals(id),
  url TEXT NOT NULL,
  method TEXT NOT NULL,
  fetched_at TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  media_type TEXT,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  role TEXT NOT NULL,
  via TEXT,
  link_text TEXT,
  robots TEXT,
  truncated TEXT,
  file_name TEXT,
  reason TEXT,
  warc TEXT NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL
);
CREATE TABLE revisits (
  id TEXT PRIMARY KEY,
  capture TEXT NOT NULL REFERENCES captures(id),
  run TEXT REFERENCES runs(id),
  fetched_at TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  via TEXT,
  link_text TEXT,
  warc TEXT NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL
);
CREATE TABLE documents (
  sha256 TEXT PRIMARY KEY,
  media_type TEXT,
  bytes INTEGER NOT NULL,
  pages INTEGER,
  title TEXT,
  problems TEXT
);
CREATE TABLE pages (
  document TEXT NOT NULL REFERENCES documents(sha256),
  page INTEGER NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  rendered INTEGER NOT NULL,
  PRIMARY KEY (document, page)
);
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  place TEXT REFERENCES places(code),
  publisher TEXT,
  year INTEGER,
  edition TEXT,
  title TEXT,
  title_plain TEXT,
  published_on TEXT,
  document TEXT NOT NULL REFERENCES documents(sha256),
  capture TEXT NOT NULL REFERENCES captures(id),
  figures_printed INTEGER NOT NULL,
  checks_failed INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  publisher_from TEXT,
  year_from TEXT,
  published_from TEXT,
  scope TEXT,
  scope_words TEXT,
  body TEXT,
  portal TEXT REFERENCES portals(id),
  superseded_by TEXT REFERENCES reports(id),
  problems TEXT
);
CREATE TABLE report_captures (
  report TEXT NOT NULL REFERENCES reports(id),
  capture TEXT NOT NULL REFERENCES captures(id),
  part TEXT NOT NULL,
  PRIMARY KEY (report, capture)
);
CREATE TABLE figures (
  report TEXT NOT NULL REFERENCES reports(id),
  form_table TEXT NOT NULL,
  "row" TEXT NOT NULL,
  "column" TEXT NOT NULL,
  value NUMERIC,
  printed TEXT,
  unit TEXT,
  status TEXT NOT NULL,
  doubt TEXT,
  page INTEGER,
  x0 REAL,
  top REAL,
  x1 REAL,
  bottom REAL,
  address TEXT,
  rendered INTEGER NOT NULL,
  boxes TEXT,
  document TEXT REFERENCES documents(sha256),
  label TEXT,
  sentence TEXT,
  PRIMARY KEY (report, form_table, "row", "column")
) WITHOUT ROWID;
CREATE TABLE checks (
  report TEXT NOT NULL REFERENCES reports(id),
  rule TEXT NOT NULL,
  at TEXT NOT NULL,
  status TEXT NOT NULL,
  left_side NUMERIC,
  right_side NUMERIC
);
CREATE TABLE sections (
  report TEXT NOT NULL REFERENCES reports(id),
  number INTEGER NOT NULL,
  heading TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE TABLE changes (
  report TEXT NOT NULL REFERENCES reports(id),
  found_at TEXT NOT NULL,
  earlier TEXT,
  later TEXT,
  what TEXT NOT NULL,
  url TEXT
);
CREATE TABLE left_out (
  capture TEXT NOT NULL REFERENCES captures(id),
  url TEXT NOT NULL,
  title TEXT,
  reason TEXT NOT NULL
);
CREATE TABLE form_rows (
  edition TEXT NOT NULL,
  form_table TEXT NOT NULL,
  "row" TEXT NOT NULL,
  "column" TEXT NOT NULL,
  position INTEGER NOT NULL,
  unit TEXT,
  label_zh TEXT NOT NULL,
  label_en TEXT NOT NULL,
  PRIMARY KEY (edition, form_table, "row", "column")
);
CREATE TABLE series (
  id TEXT NOT NULL,
  edition TEXT NOT NULL,
  way INTEGER NOT NULL,
  part INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  form_table TEXT NOT NULL,
  "row" TEXT NOT NULL,
  "column" TEXT NOT NULL,
  position INTEGER NOT NULL,
  headline INTEGER,
  unit TEXT,
  label_zh TEXT NOT NULL,
  label_en TEXT NOT NULL,
  reason_zh TEXT,
  reason_en TEXT,
  PRIMARY KEY (id, edition, way, part)
);
CREATE VIEW series_figures AS
SELECT s.id AS series, r.place, r.body, r.year, r.id AS report, r.edition, r.scope,
  CASE WHEN f.status = 'printed' AND coalesce(f2.status, 'printed') = 'printed'
    AND coalesce(f3.status, 'printed') = 'printed'
    THEN f.value + coalesce(f2.value, 0) + coalesce(f3.value, 0) END AS value,
  CASE s.parts WHEN 1 THEN f.printed ELSE coalesce(f.printed, '')
    || ' + ' || coalesce(f2.printed, '') || coalesce(' + ' || f3.printed, '') END AS printed,
  coalesce(f.unit, s.unit) AS unit,
  CASE WHEN f.status = coalesce(f2.status, f.status) AND f.status = coalesce(f3.status, f.status)
    THEN f.status ELSE 'incomplete' END AS status,
  coalesce(f.doubt, f2.doubt, f3.doubt) AS doubt,
  f.form_table || '/' || f."row" || '/' || f."column" AS at, s.parts AS figures
FROM series s JOIN reports r ON r.edition = s.edition AND r.superseded_by IS NULL
JOIN figures f ON f.report = r.id AND f.form_table = s.form_table AND f."row" = s."row"
  AND f."column" = s."column"
LEFT JOIN series s2 ON s2.id = s.id AND s2.edition = s.edition AND s2.way = s.way AND s2.part = 2
LEFT JOIN figures f2 ON f2.report = r.id AND f2.form_table = s2.form_table
  AND f2."row" = s2."row" AND f2."column" = s2."column"
LEFT JOIN series s3 ON s3.id = s.id AND s3.edition = s.edition AND s3.way = s.way AND s3.part = 3
LEFT JOIN figures f3 ON f3.report = r.id AND f3.form_table = s3.form_table
  AND f3."row" = s3."row" AND f3."column" = s3."column"
WHERE s.part = 1 AND (f.status <> 'absent' OR f2.status <> 'absent' OR f3.status <> 'absent');
"""

CAPTURE_INDEXES = """
CREATE INDEX captures_by_url ON captures(url, fetched_at);
"""
"""What a build itself looks captures up by, made once they are written."""

INDEXES = """
CREATE INDEX captures_by_document ON captures(sha256);
CREATE INDEX captures_by_run ON captures(run);
CREATE INDEX revisits_by_capture ON revisits(capture);
CREATE INDEX captures_by_portal ON captures(portal);
CREATE INDEX reports_by_place ON reports(place, year);
CREATE INDEX reports_by_body ON reports(place, body, year);
CREATE INDEX series_by_figure ON series(edition, form_table, "row", "column");
CREATE INDEX reports_by_document ON reports(document);
CREATE INDEX report_captures_by_capture ON report_captures(capture);
CREATE INDEX figures_by_indicator ON figures(form_table, "row", "column", value, status);
CREATE INDEX figures_in_doubt ON figures(report) WHERE doubt IS NOT NULL;
CREATE INDEX checks_by_report ON checks(report, status);
CREATE INDEX sections_by_report ON sections(report, number);
CREATE INDEX changes_by_report ON changes(report, found_at);
"""
