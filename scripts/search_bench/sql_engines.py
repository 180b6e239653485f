"""SQLite FTS5 and PostgreSQL full text, used as their manuals show.

Both index the folded words that textmine indexes. Codes and countries are tables of their own, so
that coding leaves the text index alone. SQLite sorts by bm25, PostgreSQL by ts_rank.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from search_bench.corpus import MadeDocument
from search_bench.engines import LIMIT, Answer, marks
from search_bench.material import put, rows_of
from search_bench.questions import NEAR, Question, Sort

_COUNTS = """
SELECT 'language', language, count(*) FROM clause JOIN hit USING (place) GROUP BY 2 UNION ALL
SELECT 'kind', kind, count(*) FROM clause JOIN hit USING (place) GROUP BY 2 UNION ALL
SELECT 'year', year{text}, count(*) FROM clause JOIN hit USING (place) GROUP BY 2 UNION ALL
SELECT 'document', document{text}, count(*) FROM clause JOIN hit USING (place) GROUP BY 2 UNION ALL
SELECT 'country', country, count(*) FROM country JOIN clause USING (document) JOIN hit USING (place)
    GROUP BY 2 UNION ALL
SELECT 'code', code, count(*) FROM code JOIN hit USING (place) GROUP BY 2
"""


def _condition(question: Question, mark: str) -> tuple[str, list[Any]]:
    """SQL for the fields of a question."""
    f = question.fields
    said: list[str] = []
    values: list[Any] = []
    if f.language:
        said.append(f"clause.language = {mark}")
        values.append(f.language)
    if f.years:
        said.append(f"clause.year BETWEEN {mark} AND {mark}")
        values += f.years
    if f.country:
        said.append(f"clause.document IN (SELECT document FROM country WHERE country = {mark})")
        values.append(f.country)
    if f.code:
        said.append(f"EXISTS (SELECT 1 FROM code WHERE place = clause.place AND code = {mark})")
        values.append(f.code)
    return "".join(f" AND {each}" for each in said), values


def _facets(rows: Iterable[tuple[str, Any, int]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, value, count in rows:
        counts.setdefault(name, {})[str(value)] = count
    return counts


class Fts5:
    """The standard library's SQLite with an external-content table over the folded words."""

    name = "SQLite FTS5"

    def __init__(self, file: Path) -> None:
        self._file = file

    def build(self) -> None:
        """Index what the material file holds."""
        connection = sqlite3.connect(self._file)
        connection.executescript(
            """
            DROP TABLE IF EXISTS found;
            CREATE VIRTUAL TABLE found USING fts5(keys, content=clause, content_rowid=place,
                tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'");
            INSERT INTO found(found) VALUES('rebuild');
            INSERT INTO found(found) VALUES('optimize');
            """
        )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def open(self) -> None:
        """Connect, with a cache of 64 MB."""
        self._connection = sqlite3.connect(self._file, timeout=60)
        self._connection.execute("PRAGMA cache_size=-65536")
        self._connection.execute("CREATE TEMP TABLE hit(place INTEGER PRIMARY KEY)")
        self._connection.commit()

    def ask(self, question: Question, *, facets: bool, sort: Sort) -> Answer:
        """Count, then the best with their texts."""
        run = self._connection.execute
        where, values = _condition(question, "?")
        asked = [_match(question), *values]
        found = "FROM found JOIN clause ON clause.place = found.rowid WHERE found MATCH ?" + where
        found_only = found if where else "FROM found WHERE found MATCH ?"
        counts: dict[str, dict[str, int]] = {}
        if facets:
            run("DELETE FROM hit")
            run(f"INSERT INTO hit SELECT found.rowid {found_only}", asked)
            counts = _facets(run(_COUNTS.format(text="")))
            self._connection.rollback()
        total = run(f"SELECT count(*) {found_only}", asked).fetchone()[0]
        if sort == "date":
            query = f"SELECT clause.place {found} ORDER BY clause.year, clause.place"
        else:
            query = f"SELECT found.rowid {found_only} ORDER BY rank"
        places = [place for (place,) in run(f"{query} LIMIT {LIMIT}", asked)]
        holes = ",".join("?" * len(places))
        shown = run(f"SELECT title, text FROM clause WHERE place IN ({holes})", places).fetchall()
        return Answer(total, len(shown), sum(marks(text, question) for _, text in shown), counts)

    def parts(self) -> dict[str, int]:
        """The index's own tables, without what its pages leave empty."""
        connection = sqlite3.connect(self._file)
        blocks = "SELECT sum(length(block)) FROM found_data"
        sizes = "SELECT sum(length(sz) + 9) FROM found_docsize"
        total = connection.execute(f"SELECT ({blocks}) + ({sizes})").fetchone()[0]
        connection.close()
        return {"text": total}

    def add(self, documents: Sequence[MadeDocument]) -> None:
        """Insert rows and their entries in one transaction."""
        for document in documents:
            put(self._connection, document)
            self._connection.execute(
                "INSERT INTO found(rowid, keys) SELECT place, keys FROM clause WHERE document = ?",
                (document.number,),
            )
        self._connection.commit()

    def recode(self, documents: Sequence[MadeDocument]) -> None:
        """Replace rows of codes; the text index stays."""
        for document in documents:
            clauses, codes, _ = rows_of(document)
            self._connection.executemany(
                "DELETE FROM code WHERE place = ?", [(row[0],) for row in clauses]
            )
            self._connection.executemany("INSERT INTO code VALUES(?, ?)", codes)
        self._connection.commit()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _match(question: Question) -> str:
    quoted = [f'"{key}"' for key in question.keys]
    if question.kind == "phrase":
        return f'"{" ".join(question.keys)}"'
    if question.kind == "prefix":
        return quoted[0] + "*"
    if question.kind == "near":
        return f"NEAR({' '.join(quoted)}, {NEAR})"
    return " AND ".join(quoted)


class Postgres:
    """A PostgreSQL server of its own in a temporary folder, on a socket, with a GIN index."""

    name = "PostgreSQL"
    SETTINGS = (
        "shared_buffers=1GB work_mem=64MB maintenance_work_mem=512MB max_wal_size=4GB "
        "effective_cache_size=4GB random_page_cost=1.1"
    )

    def __init__(self, file: Path, server: Path) -> None:
        self._file = file
        self._server = server

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        if os.geteuid() == 0:  # the server refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        """Make the cluster if there is none, and start it."""
        data = self._server / "data"
        if not data.exists():
            self._server.mkdir(parents=True)
            if os.geteuid() == 0:
                shutil.chown(self._server, "postgres")
            self._run("initdb", "-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8")
        options = " ".join(f"-c {each}" for each in self.SETTINGS.split())
        options += f" -c listen_addresses= -c unix_socket_directories={self._server}"
        log = str(self._server / "log")
        self._run("pg_ctl", "-D", str(data), "-l", log, "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop the server."""
        self._run("pg_ctl", "-D", str(self._server / "data"), "-m", "fast", "-w", "stop")

    def build(self) -> None:
        """Copy the material into the server, then make the indexes."""
        self.open()
        run = self._connection.execute
        run("DROP TABLE IF EXISTS clause, country, code")
        run(
            "CREATE TABLE clause(place bigint, document int, vector tsvector, language text, "
            "kind text, year int, title text, text text)"
        )
        run("CREATE TABLE country(document int, country text)")
        run("CREATE TABLE code(place bigint, code text)")
        with sqlite3.connect(self._file) as source:
            self._copy("clause", map(_with_vector, source.execute("SELECT * FROM clause")))
            self._copy("country", source.execute("SELECT * FROM country"))
            self._copy("code", source.execute("SELECT * FROM code"))
        for made in (
            "INDEX clause_vector ON clause USING gin(vector) WITH (fastupdate = off)",
            "UNIQUE INDEX ON clause(place)",
            "INDEX ON clause(document)",
            "INDEX ON country(document, country)",
            "INDEX ON country(country)",
            "INDEX ON code(place, code)",
        ):
            run(f"CREATE {made}")
        run("VACUUM ANALYZE")
        self.close()

    def _copy(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def open(self) -> None:
        """Connect."""
        import psycopg

        self._connection = psycopg.connect(
            host=str(self._server), user="bench", dbname="postgres", autocommit=True
        )
        self._connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS hit(place bigint) ON COMMIT DELETE ROWS"
        )

    def ask(self, question: Question, *, facets: bool, sort: Sort) -> Answer:
        """Count, then the best with their texts."""
        run = self._connection.execute
        where, values = _condition(question, "%s")
        matching = _tsquery(question)
        found = "FROM clause WHERE vector @@ %s::tsquery" + where
        counts: dict[str, dict[str, int]] = {}
        if facets:
            with self._connection.transaction():
                run(f"INSERT INTO hit SELECT place {found}", [matching, *values])
                run("ANALYZE hit")
                counts = _facets(run(_COUNTS.format(text="::text")).fetchall())
        row = run(f"SELECT count(*) {found}", [matching, *values]).fetchone()
        order = "year, place" if sort == "date" else "ts_rank(vector, %s::tsquery) DESC, place"
        ordered = [] if sort == "date" else [matching]
        shown = run(
            f"SELECT title, text {found} ORDER BY {order} LIMIT {LIMIT}",
            [matching, *values, *ordered],
        ).fetchall()
        marked = sum(marks(text, question) for _, text in shown)
        return Answer(row[0] if row else 0, len(shown), marked, counts)

    def parts(self) -> dict[str, int]:
        """The GIN index, and the vectors it rests on, which stand in the table."""
        query = "SELECT pg_relation_size('clause_vector'), sum(pg_column_size(vector)) FROM clause"
        row = self._connection.execute(query).fetchone()
        return {"text": int(row[0]), "vectors": int(row[1])} if row else {}

    def add(self, documents: Sequence[MadeDocument]) -> None:
        """Copy the rows in one transaction."""
        with self._connection.transaction():
            for table, rows in zip(("clause", "code", "country"), _tables(documents), strict=True):
                self._copy(table, rows)

    def recode(self, documents: Sequence[MadeDocument]) -> None:
        """Replace rows of codes in one transaction."""
        clauses, codes, _ = _tables(documents)
        places = [row[0] for row in clauses]
        with self._connection.transaction():
            self._connection.execute("DELETE FROM code WHERE place = ANY(%s)", [places])
            self._copy("code", codes)

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


def _tables(
    documents: Sequence[MadeDocument],
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    clauses: list[tuple[Any, ...]] = []
    codes: list[tuple[Any, ...]] = []
    countries: list[tuple[Any, ...]] = []
    for document in documents:
        own = rows_of(document)
        clauses += map(_with_vector, own[0])
        codes += own[1]
        countries += own[2]
    return clauses, codes, countries


def _with_vector(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row whose words are written as a text search vector with their places."""
    places: dict[str, list[str]] = {}
    for at, key in enumerate(row[2].split(), 1):
        places.setdefault(key, []).append(str(at))
    vector = " ".join(f"{_lexeme(key)}:{','.join(each)}" for key, each in places.items())
    return (*row[:2], vector, *row[3:])


def _lexeme(key: str) -> str:
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"


def _tsquery(question: Question) -> str:
    lexemes = [_lexeme(key) for key in question.keys]
    if question.kind == "phrase":
        return " <-> ".join(lexemes)
    if question.kind == "prefix":
        return f"{lexemes[0]}:*"
    if question.kind == "near":
        one, other = lexemes
        ways: Iterator[str] = (
            f"({a} <{distance}> {b})"
            for distance in range(1, NEAR + 2)
            for a, b in ((one, other), (other, one))
        )
        return " | ".join(ways)
    return " & ".join(lexemes)


def programs() -> Path:
    """Where the programs of PostgreSQL are; FileNotFoundError when they are not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdecimal() else 0,
    )
    if not versions:
        raise FileNotFoundError("initdb")
    return versions[-1].parent
