#!/usr/bin/python3
"""The Python client against the real server and PostgreSQL.

Environment: ONRECORDD, the server's program; ONRECORD_TEST_DATABASE, the connection string of a role that may create
databases; PYTHONPATH with clients/python and the generated stubs.
"""
import collections
import csv
import datetime
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import grpc
import onrecord
from onrecord import pb

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SERVER = os.environ.get("ONRECORDD") or sys.exit("ONRECORDD is not set: run ./tests/run")
ADMIN = os.environ.get("ONRECORD_TEST_DATABASE") or sys.exit("ONRECORD_TEST_DATABASE is not set: run ./tests/run")
PATIENCE_SECONDS = 60
databases = itertools.count(1)


def wait_for(what, answer):
    """Asks until there is an answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = answer()
        if found:
            return found
        time.sleep(0.02)  # between two looks at another process; nothing depends on its length
    raise AssertionError(f"no {what} within {PATIENCE_SECONDS} s")


class Database:
    """An empty database, dropped at the end."""

    def __init__(self):
        self.name = f"onrecord_python_{os.getpid()}_{next(databases)}"
        self.connection = f"{ADMIN} dbname={self.name}"
        self._run(f"CREATE DATABASE {self.name}")

    def drop(self):
        self._run(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _run(self, sql):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", ADMIN, "-c", sql], check=True)


class Server:
    """The real server program on a port of its own; the same one after a restart."""

    def __init__(self, database):
        self._database = database
        self._log = tempfile.NamedTemporaryFile(suffix=".log")
        self.address = "127.0.0.1:0"
        self.start()

    def start(self):
        position = os.path.getsize(self._log.name)
        self._process = subprocess.Popen(
            [SERVER, "serve", "--listen", self.address, "--database", self._database.connection,
             "--embargo-reader", "desk"], stderr=self._log)
        self.address = wait_for("listening server", lambda: self._find("listening", position))["address"]
        wait_for("serving server", lambda: self._find("serving", position))

    def kill(self):
        """As a power cut would: nothing is finished, nothing is said."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self):
        """As an operator would: it drains and ends well, also in the eyes of a sanitizer."""
        self._process.terminate()
        code = self._process.wait(PATIENCE_SECONDS)
        with self._log, open(self._log.name, encoding="utf-8") as log:
            if code != 0:
                raise AssertionError(f"the server ended with {code}:\n{log.read()}")

    def _find(self, event, position):
        with open(self._log.name, encoding="utf-8") as log:
            log.seek(position)
            text = log.read()
        if self._process.poll() is not None:
            raise AssertionError(f"the server ended:\n{text}")
        for line in text.splitlines(keepends=True):
            if line.endswith("\n") and line.startswith("{") and json.loads(line)["event"] == event:
                return json.loads(line)
        return None


def records(count, **fields):
    """`count` different quotes of one speaker."""
    for number in range(1, count + 1):
        yield {"text": f"Sentence number {number}.", "speaker": "Ada Lovelace", "outlet": "The Times", "said": "1843",
               "external_id": str(number), **fields}


def outcomes(results):
    return collections.Counter(pb.Outcome.Name(result.outcome).replace("OUTCOME_", "") for result in results)


class ClientTest(unittest.TestCase):
    """Each test has a database and a server of its own."""

    def setUp(self):
        self.database = Database()
        self.addCleanup(self.database.drop)
        self.server = Server(self.database)
        self.addCleanup(self.server.stop)
        self.client = onrecord.Client(self.server.address, author="tests")
        self.addCleanup(self.client.close)

    def refused(self, call, *arguments, **named):
        with self.assertRaises(onrecord.OnrecordError) as caught:
            call(*arguments, **named)
        return caught.exception


class ImportTest(ClientTest):
    def test_import_records__twice__answers_unchanged(self):
        run = self.client.import_records(records(1200), source="ada")
        results = list(run)
        self.assertEqual([result.sequence for result in results], list(range(1, 1201)))
        self.assertEqual(outcomes(results), {"CREATED": 1200})
        self.assertEqual(run.state.created_count, 1200)
        self.assertEqual(run.state.state, pb.IMPORT_STATE_FINISHED)
        self.assertEqual(run.state.author, "tests")
        self.assertEqual(outcomes(self.client.import_records(records(1200), source="ada")), {"UNCHANGED": 1200})

    def test_import_records__with_a_bad_one__rejects_it_alone(self):
        bad = {"text": "Words.", "speaker": "he", "said": "1843"}
        run = self.client.import_records(itertools.chain(records(3), [bad], records(2, said="1844", external_id="")))
        results = list(run)
        self.assertEqual(outcomes(results), {"CREATED": 5, "REJECTED": 1})
        self.assertEqual((results[3].reason, results[3].field), ("PRONOUN", "speaker"))
        [reject] = self.client.rejects(run.state.name)
        self.assertEqual((reject.record.speaker, reject.result.sequence), ("he", 4))

    def test_raw_records__of_an_imported_quote__are_as_they_came(self):
        raw = {"raw": b"{\"odd\": \xff}", "raw_format": "gazetteer", "losses": ["mood: cheerful"]}
        [result] = self.client.import_records(records(1, **raw), source="ada")
        [record] = self.client.raw_records(result.quote)
        self.assertEqual((record.raw, record.format, list(record.losses)),
                         (b"{\"odd\": \xff}", "gazetteer", ["mood: cheerful"]))

    def test_revert_import__of_records__retracts_them(self):
        run = self.client.import_records(records(3), source="ada")
        results = list(run)
        *_, last = self.client.revert_import(run.state.name, "a wrong file")
        self.assertEqual(last.state, pb.IMPORT_STATE_REVERTED)
        self.assertEqual((last.revert.retracted_count, last.revert.reason), (3, "a wrong file"))
        self.assertEqual(self.client.quote(results[0].quote).state, pb.QUOTE_STATE_RETRACTED)
        self.assertEqual(outcomes(self.client.import_records(records(3), source="ada")), {"CREATED": 3})
        self.assertEqual(self.refused(list, self.client.revert_import(run.state.name, "")).code.name, "INVALID_ARGUMENT")

    def test_import_records__as_a_first_load__builds_the_indexes_afterwards(self):
        run = self.client.import_records(records(3), first_load=True)
        self.assertEqual(outcomes(run), {"CREATED": 3})
        self.assertGreater(run.state.pending_index_count, 0)
        for _ in range(300):
            if self.client.get_import(run.state.name).pending_index_count == 0:
                break
            time.sleep(0.1)
        else:
            self.fail("the indexes were not built")
        another = self.client.import_records(records(1), first_load=True)
        self.assertEqual(self.refused(another.finish).reason, "RECORD_NOT_EMPTY")

    def test_import_records__dry_run__stores_nothing(self):
        self.assertEqual(outcomes(self.client.import_records(records(3), dry_run=True)), {"CREATED": 3})
        self.assertEqual(self.client.count_quotes(), (0, True))

    def test_import_records__with_unknown_names_refused__rejects(self):
        run = self.client.import_records(records(1), unknown_names=pb.UNKNOWN_NAMES_REJECT)
        self.assertEqual([(result.reason, result.field) for result in run], [("NAME_UNKNOWN", "speaker")])

    def test_import_records__server_killed_half_way__goes_on_and_stores_each_once(self):
        def interrupted():
            for number, record in enumerate(records(8000), 1):
                if number in (3000, 6000):
                    self.server.kill()
                    self.server.start()
                yield record

        run = self.client.import_records(interrupted(), source="ada")
        results = list(run)
        self.assertEqual([result.sequence for result in results], list(range(1, 8001)))
        self.assertLessEqual(set(outcomes(results)), {"CREATED", "UNSPECIFIED"})
        self.assertEqual((run.state.created_count, run.state.committed_sequence), (8000, 8000))
        self.assertEqual(self.client.count_quotes(), (8000, True))

    def test_import_records__server_killed_again_while_resuming__goes_on(self):
        rejects, asked = self.client.rejects, []

        def with_a_server_that_dies(name):
            self.client.rejects = rejects
            asked.append(name)
            self.server.kill()
            try:
                yield from rejects(name)
            finally:
                self.server.start()

        def interrupted():
            for number, record in enumerate(records(3000), 1):
                if number == 1600:  # three batches are sent, and none of their answers is read before the fourth
                    name = run.state.name
                    wait_for("stored batches", lambda: self.client.get_import(name).committed_sequence == 1500)
                    self.client.rejects = with_a_server_that_dies
                    self.server.kill()
                    self.server.start()
                yield record

        run = self.client.import_records(interrupted(), source="ada")
        results = list(run)
        self.assertEqual(asked, [run.state.name])
        self.assertEqual([result.sequence for result in results], list(range(1, 3001)))
        self.assertEqual((run.state.created_count, run.state.committed_sequence), (3000, 3000))
        self.assertEqual(self.client.count_quotes(), (3000, True))

    def test_import_records__from_a_source_that_fails__is_not_finished(self):
        class SourceGone(grpc.RpcError):
            def code(self):
                return grpc.StatusCode.UNAVAILABLE

        for error in (SourceGone(), onrecord.OnrecordError(grpc.StatusCode.UNAVAILABLE, "the source is gone")):
            def failing(error=error):
                yield from records(700)
                raise error

            run = self.client.import_records(failing(), source="ada", patience=5)
            with self.assertRaises(type(error)) as caught:
                run.finish()
            self.assertIs(caught.exception, error)
            self.assertEqual(self.client.get_import(run.state.name).state, pb.IMPORT_STATE_RUNNING)

    def test_import_records__client_gone_half_way__resumes_by_name(self):
        first = self.client.import_records(records(5000), source="ada")
        for result in first:
            if result.sequence == 1000:
                break
        second = self.client.import_records(records(5000), resume=first.state.name)
        results = list(second)
        self.assertEqual(results[-1].sequence, 5000)
        self.assertEqual(second.state.name, first.state.name)
        self.assertEqual((second.state.created_count, second.state.committed_sequence), (5000, 5000))
        self.assertEqual(self.client.count_quotes(), (5000, True))

    def test_import_records__of_a_finished_import__is_refused(self):
        done = self.client.import_records(records(1)).finish()
        error = self.refused(self.client.import_records(records(1), resume=done.name).finish)
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.FAILED_PRECONDITION, "IMPORT_FINISHED"))

    def test_import_records__with_an_unknown_field__names_the_record(self):
        with self.assertRaisesRegex(ValueError, "record 2: .*txt"):
            self.client.import_records([*records(1), {"txt": "Words."}]).finish()

    def test_export_records__imported_again__changes_nothing(self):
        self.client.import_records(records(30, kind="indirect", topics=["Machines"]), source="ada").finish()
        exported = list(self.client.export_records(topics=["topics/machines"]))
        self.assertEqual(len(exported), 30)
        self.assertEqual(outcomes(self.client.import_records(exported, source="ada")), {"UNCHANGED": 30})

    def test_example__with_a_bad_row__writes_rejects_that_can_be_fed_again(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "quotes.csv")
            rows = [{"text": "One.", "speaker": "Ada Lovelace", "said": "1843-02-30", "topics": "Machines; Science"},
                    {"text": "Two.", "speaker": "Ada Lovelace", "said": "1843-02-28", "topics": ""}]
            self.write(path, rows)
            self.assertIn("1 created, 0 updated, 0 unchanged, 0 in conflict, 1 rejected", self.example(path, 1))
            with open(path + ".rejects.csv", encoding="utf-8", newline="") as file:
                [reject] = csv.DictReader(file)
            self.assertEqual((reject["text"], reject["reject_field"]), ("One.", "said"))
            reject["said"] = "1843-02-27"
            self.write(path, [reject])
            self.assertIn("1 created", self.example(path, 0))
            self.assertEqual(self.client.count_quotes(topics=["topics/science"]), (1, True))

    def write(self, path, rows):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)

    def example(self, path, code):
        done = subprocess.run(
            [sys.executable, REPOSITORY / "clients/python/examples/bulk_import.py", path, "csv"], text=True,
            capture_output=True, check=False, env={**os.environ, "ONRECORD_ADDRESS": self.server.address})
        self.assertEqual((done.returncode, done.stderr), (code, ""))
        return done.stdout


class QuoteTest(ClientTest):
    def new_quote(self, **fields):
        speaker = self.client.create_speaker(pb.Speaker(display_name="Ada Lovelace", kind=pb.SPEAKER_KIND_PERSON))
        return self.client.create_quote(pb.Quote(**{
            "text": "The engine weaves patterns.", "speaker": speaker.name, "kind": pb.QUOTE_KIND_DIRECT,
            "said": onrecord.uncertain_date("1843-07..1843-08"), **fields}))

    def test_quotes__more_than_a_page__come_all_in_order(self):
        self.client.import_records(
            dict(record, said=str(1800 + number)) for number, record in enumerate(records(25))).finish()
        years = [quote.said.to.year for quote in self.client.quotes(order=pb.QUOTE_ORDER_OLDEST, page_size=10)]
        self.assertEqual(years, list(range(1800, 1825)))
        self.assertEqual(sum(1 for _ in self.client.quotes(said="1810..1814", page_size=2)), 5)
        self.assertEqual(sum(1 for _ in self.client.quotes(words='"number 7"')), 1)
        self.assertEqual(sum(1 for _ in self.client.quotes(speakers=["speakers/ada-lovelace"], said="..1803")), 4)

    def test_quotes__more_than_pages_of_the_usual_size__come_once_each(self):
        self.client.import_records(records(120)).finish()
        names = [quote.name for quote in self.client.quotes()]
        self.assertEqual((len(names), len(set(names))), (120, 120))
        self.assertEqual(self.client.count_quotes(), (120, True))

    def test_quotes__with_a_filter_in_plain_python__match(self):
        self.client.import_records(
            dict(record, said=str(1800 + number), kind="indirect" if number % 2 else "direct")
            for number, record in enumerate(records(10))).finish()
        for fields, count in (({"kinds": ["DIRECT"]}, 5), ({"kinds": ["direct", pb.QUOTE_KIND_INDIRECT]}, 10),
                              ({"said": ("1802", "1804")}, 3), ({"said": (None, "1802")}, 3), ({"said": "1809"}, 1),
                              ({"states": ["retracted"]}, 0)):
            self.assertEqual(self.client.count_quotes(**fields), (count, True), msg=fields)

    def test_quote__without_one__tells_reason_field_and_metadata(self):
        name = "quotes/" + 32 * "0"
        error = self.refused(self.client.quote, name)
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.NOT_FOUND, "QUOTE_NOT_FOUND"))
        self.assertIn(name, error.metadata.values())
        self.assertEqual(self.client.batch_quotes([name]), ([], [name]))

    def test_create_quote__with_nothing__names_every_field(self):
        error = self.refused(self.client.create_quote, pb.Quote())
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID"))
        self.assertLessEqual({"quote.text", "quote.speaker"}, {violation.field for violation in error.fields})
        self.assertIn("quote.text", str(error))

    def test_create_quote__twice_with_one_request_id__is_one_quote(self):
        self.new_quote()
        quote = pb.Quote(text="Again.", speaker="speakers/ada-lovelace", kind=pb.QUOTE_KIND_DIRECT)
        first = self.client.create_quote(quote, request_id="a")
        self.assertEqual(self.client.create_quote(quote, request_id="a"), first)
        quote.text = "Something else."
        self.assertEqual(self.refused(self.client.create_quote, quote, request_id="a").reason, "REQUEST_ID_REUSED")

    def test_update_quote__with_an_old_etag__is_aborted(self):
        quote = self.new_quote()
        quote.note = "Seen in print."
        updated = self.client.update_quote(quote, ["note"], reason="checked")
        self.assertEqual((updated.note, updated.edited), ("Seen in print.", True))
        error = self.refused(self.client.update_quote, quote, ["note"])
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.ABORTED, "ETAG_MISMATCH"))

    def test_retract_quote__then_restore__stays_in_the_history(self):
        quote = self.new_quote()
        retracted = self.client.retract_quote(quote.name, "misheard")
        self.assertEqual((retracted.state, retracted.retract_reason), (pb.QUOTE_STATE_RETRACTED, "misheard"))
        self.assertEqual(self.client.count_quotes(), (0, True))
        self.client.restore_quote(quote.name, "heard again")
        actions = [revision.action for revision in self.client.history(quote.name)]
        self.assertEqual([pb.RevisionAction.Name(action).rpartition("_")[2] for action in actions],
                         ["RESTORED", "RETRACTED", "CREATED"])
        self.assertEqual([revision.author for revision in self.client.history(quote.name)], 3 * ["tests"])

    def test_timeline__by_decade_and_speaker__counts(self):
        self.client.import_records(records(3, said="1843")).finish()
        self.client.import_records(records(2, said="1851-01-02", speaker="Charles Babbage", external_id="")).finish()
        timeline = self.client.timeline(pb.GRANULARITY_DECADE, pb.TIMELINE_GROUP_SPEAKER)
        counts = {series.group: [(bucket.start.year, bucket.count) for bucket in series.buckets]
                  for series in timeline.series}
        self.assertEqual(counts, {"speakers/ada-lovelace": [(1840, 3)], "speakers/charles-babbage": [(1850, 2)]})
        self.assertEqual(self.client.timeline(said="1850..1859").total, 2)


class NameTest(ClientTest):
    def test_names__created__are_found_listed_and_changed(self):
        speaker = self.client.create_speaker(pb.Speaker(display_name="Ada Lovelace"))
        speaker.names.add(text="Countess of Lovelace")
        self.assertEqual(len(self.client.update_speaker(speaker, ["names"]).names), 1)
        self.assertEqual([found.name for found in self.client.speakers("countess")], ["speakers/ada-lovelace"])
        self.assertEqual(self.client.speaker(speaker.name).display_name, "Ada Lovelace")
        outlet = self.client.create_outlet(pb.Outlet(display_name="The Times", kind=pb.OUTLET_KIND_NEWSPAPER))
        outlet.country = "GB"
        self.assertEqual(self.client.update_outlet(outlet, ["country"]).country, "GB")
        self.assertEqual([found.name for found in self.client.outlets()], [self.client.outlet(outlet.name).name])
        top = self.client.create_topic(pb.Topic(display_name="Science"))
        below = self.client.create_topic(pb.Topic(display_name="Machines", parent=top.name))
        below.note = "Of all kinds."
        self.assertEqual(self.client.update_topic(below, ["note"]).note, "Of all kinds.")
        self.assertEqual([found.name for found in self.client.topics(parent=top.name)], [below.name])
        self.assertEqual(self.client.topic(below.name).parent, top.name)

    def test_articles__recorded_linked_and_merged__are_found(self):
        self.client.create_outlet(pb.Outlet(display_name="The Courier"))
        article = self.client.create_article(pb.Article(outlet="outlets/the-courier", headline="First to print it",
                                                        published=onrecord.uncertain_date("2001-05-01")))
        stub = self.client.create_article(pb.Article(outlet="outlets/the-courier"))
        self.assertEqual([found.name for found in self.client.articles(query="FIRST", published="2001")],
                         [article.name])
        self.assertEqual([found.name for found in self.client.articles(stubs=True)], [stub.name])
        article.note = "seen"
        article = self.client.update_article(article, ["note"], reason="checked")
        self.assertEqual([state.reason for state in self.client.article_history(article.name)], ["checked", ""])
        link = self.client.link_articles(article.name, "updates", stub.name, note="an hour later")
        self.assertEqual(list(self.client.article_links(stub.name, kinds=["updates"])), [link])
        error = self.refused(self.client.link_articles, stub.name, "corrects", article.name)
        self.assertEqual(error.reason, "ARTICLE_CYCLE")
        self.client.unlink_articles(article.name, "updates", stub.name, reason="the same")
        self.client.merge_articles(stub.name, article.name, reason="the same")
        self.assertEqual(list(self.client.article(stub.name).former_names), [stub.name])

    def test_claims__created__are_found_listed_and_changed(self):
        topic = self.client.create_topic(pb.Topic(display_name="Machines"))
        claim = self.client.create_claim(pb.Claim(text="Machines cannot originate anything", topics=[topic.name]))
        self.assertEqual(claim.kind, pb.CLAIM_KIND_FACT)
        claim.kind = pb.CLAIM_KIND_PREDICTION
        self.assertEqual(self.client.update_claim(claim, ["kind"]).kind, pb.CLAIM_KIND_PREDICTION)
        self.assertEqual([found.name for found in self.client.claims("originate", topic=topic.name)], [claim.name])
        self.assertEqual(self.client.claim(claim.name).text, "Machines cannot originate anything")
        error = self.refused(self.client.claim, "claims/none")
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.NOT_FOUND, "CLAIM_NOT_FOUND"))

    def test_resolve_speakers__names_and_pronoun__says_why(self):
        self.client.create_speaker(pb.Speaker(display_name="Ada Lovelace"))
        lovelace, he = self.client.resolve_speakers(["Lovelace", "he"], date="1843")
        self.assertEqual(lovelace.candidates[0].speaker.name, "speakers/ada-lovelace")
        self.assertEqual(lovelace.candidates[0].reason, pb.RESOLVE_REASON_LAST_NAME)
        self.assertEqual((he.pronoun, len(he.candidates)), (True, 0))

    def test_create_speaker__with_a_taken_id__already_exists(self):
        self.client.create_speaker(pb.Speaker(display_name="Ada"), speaker_id="ada")
        error = self.refused(self.client.create_speaker, pb.Speaker(display_name="Another"), speaker_id="ada")
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.ALREADY_EXISTS, "SPEAKER_EXISTS"))

    def test_merge_speakers__then_restored_and_split__follows(self):
        old, into = (self.client.create_speaker(pb.Speaker(display_name=name)).name for name in ("A. King", "Ada King"))
        quote = self.client.create_quote(pb.Quote(text="It can do", speaker=old, kind=pb.QUOTE_KIND_DIRECT)).name
        merged = self.client.merge_speakers(old, into, reason="the same woman")
        self.assertEqual((merged.quote_count, list(merged.speaker.former_names)), (1, [old]))
        self.assertEqual(self.client.speaker(old).name, into)
        error = self.refused(self.client.merge_speakers, old, into, reason="again")
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.FAILED_PRECONDITION, "SPEAKER_MERGED"))
        self.assertEqual(self.client.restore_speaker(into, old, reason="two women").quote_count, 1)
        split = self.client.split_speaker(old, pb.Speaker(display_name="Another King"), reason="three", quotes=[quote])
        self.assertEqual(self.client.quote(quote).speaker, split.speaker.name)

    def test_identifications__proposed_accepted_rejected__are_listed(self):
        felt = self.client.create_speaker(pb.Speaker(display_name="Mark Felt")).name
        quote = self.client.create_quote(pb.Quote(text="Follow the money", described_as="an official",
                                                  kind=pb.QUOTE_KIND_DIRECT)).name
        name = self.client.propose_identification(quote, felt, reason="his memoir", confidence=0.5).name
        self.client.accept_identification(name, reason="confirmed")
        self.assertEqual(self.client.quote(quote).speaker, felt)
        [found] = self.client.identifications(quote=quote, states=["accepted"])
        self.assertEqual((found.confidence, found.decision_reason), (0.5, "confirmed"))
        self.client.reject_identification(name, reason="he was abroad")
        self.assertEqual(self.client.quote(quote).speaker, "")
        self.assertEqual([found.state for found in self.client.identifications(speaker=felt)],
                         [pb.IDENTIFICATION_STATE_REJECTED])


class ClaimTest(ClientTest):
    """Grace Doe first wants taxes to rise, then not; Max Roe never does."""

    def setUp(self):
        super().setUp()
        topic = self.client.create_topic(pb.Topic(display_name="Taxes"))
        self.rise = self.client.create_claim(pb.Claim(text="Taxes should rise", topics=[topic.name])).name
        self.not_rise = self.client.create_claim(pb.Claim(text="Taxes should not rise")).name
        self.client.relate_claims(self.rise, "negation_of", self.not_rise)
        for name in ("Grace Doe", "Max Roe"):
            self.client.create_speaker(pb.Speaker(display_name=name))
        self.client.create_outlet(pb.Outlet(display_name="Gazette"))
        self.before = self.take("grace-doe", "2001-03-04", self.rise, pb.POSITION_SUPPORTS)
        self.after = self.take("grace-doe", "2003", self.not_rise, pb.POSITION_SUPPORTS)
        self.other = self.take("max-roe", "2002", self.rise, pb.POSITION_OPPOSES)

    def take(self, speaker, said, claim, position):
        quote = self.client.create_quote(pb.Quote(
            text=f"Words of {said}", speaker=f"speakers/{speaker}", kind=pb.QUOTE_KIND_DIRECT,
            said=onrecord.uncertain_date(said), appearances=[pb.Appearance(outlet="outlets/gazette")]))
        return self.client.set_stance(pb.Stance(quote=quote.name, claim=claim, position=position))

    def test_claim_relations__asked_from_either_side__are_seen_from_there(self):
        [relation] = self.client.claim_relations(self.not_rise, kinds=["negation_of"])
        self.assertEqual((relation.claim, relation.other), (self.not_rise, self.rise))
        self.client.unrelate_claims(self.rise, "negation_of", self.not_rise, reason="not exactly")
        self.assertEqual(list(self.client.claim_relations(self.rise)), [])

    def test_merge_claims__then_the_old_name__leads_on(self):
        double = self.client.create_claim(pb.Claim(text="Taxes ought to rise"))
        merged = self.client.merge_claims(double.name, self.rise, reason="the same")
        self.assertEqual(list(merged.claim.former_names), [double.name])
        self.assertEqual(self.client.claim(double.name).name, self.rise)

    def test_stances__with_a_filter_in_plain_python__match(self):
        for fields, count in (({"claims": [self.rise]}, 3), ({"claims": [self.rise], "positions": ["opposes"]}, 2),
                              ({"holders": ["speakers/max-roe"]}, 1), ({"held": "2001..2002"}, 2),
                              ({"topics": ["topics/taxes"], "holders": ["speakers/grace-doe"]}, 2)):
            self.assertEqual(sum(1 for _ in self.client.stances(page_size=1, **fields)), count, msg=fields)
        self.assertEqual([stance.name for stance in self.client.stances(oldest_first=True)][0], self.before.name)
        self.assertEqual(self.client.count_quotes(claims=[self.rise], positions=["opposes"]), (2, True))

    def test_set_stance__changed_and_taken_back__stays_in_the_history(self):
        self.other.position = pb.POSITION_NEUTRAL
        self.client.set_stance(self.other, reason="read again")
        error = self.refused(self.client.set_stance, self.other)
        self.assertEqual((error.code, error.reason), (grpc.StatusCode.ABORTED, "ETAG_MISMATCH"))
        self.client.remove_stance(self.other.name, reason="mistaken")
        self.assertEqual(self.refused(self.client.stance, self.other.name).reason, "STANCE_NOT_FOUND")
        revisions = list(self.client.stance_revisions(self.other.name))
        self.assertEqual([(revision.stance.position, revision.removed) for revision in revisions],
                         [(pb.POSITION_NEUTRAL, True), (pb.POSITION_NEUTRAL, False), (pb.POSITION_OPPOSES, False)])

    def test_stances__as_of_an_earlier_moment__are_those_of_then(self):
        then = self.before.update_time.ToDatetime(tzinfo=datetime.timezone.utc)
        self.assertEqual([stance.name for stance in self.client.stances(as_of=then)], [self.before.name])
        [lane] = self.client.stance_history(claim=self.rise, as_of=self.before.update_time)
        self.assertEqual(len(lane.points), 1)
        self.assertEqual(self.client.count_quotes(as_of=then), (1, True))
        self.assertEqual(self.refused(self.client.quote, self.other.quote, as_of=then).code, grpc.StatusCode.NOT_FOUND)
        with self.assertRaisesRegex(ValueError, "time zone"):
            self.client.claim(self.rise, as_of=datetime.datetime(2024, 5, 1))

    def test_stance_history__with_a_change_of_sides__marks_it(self):
        lanes = {lane.holder: lane for lane in self.client.stance_history(topic="topics/taxes", page_size=1)}
        self.assertEqual({holder: len(lane.points) for holder, lane in lanes.items()},
                         {"speakers/grace-doe": 2, "speakers/max-roe": 1})
        [change] = lanes["speakers/grace-doe"].changes
        self.assertEqual(change.kind, pb.CHANGE_KIND_REVERSAL)

    def test_reversals__labelled__follow_the_label(self):
        [reversal] = self.client.reversals(claims=[self.rise])
        self.assertEqual(reversal.holder_display_name, "Grace Doe")
        self.client.label_change(self.before.name, self.after.name, "no_flip", note="a joke")
        self.assertEqual(list(self.client.reversals(claims=[self.rise])), [])
        [dismissed] = self.client.reversals(claims=[self.rise], include_dismissed=True)
        self.assertEqual((dismissed.change.label, dismissed.change.label_author), (pb.CHANGE_LABEL_NO_FLIP, "tests"))

    def test_contradictions__of_one_and_between_two__are_told(self):
        [own] = self.client.contradictions(claims=[self.rise])
        self.assertEqual((own.in_favor.holder, own.against.holder), ("speakers/grace-doe", "speakers/grace-doe"))
        [between] = self.client.contradictions(between_holders=True, holders=["speakers/max-roe"])
        self.assertEqual((between.in_favor.holder, between.against.holder), ("speakers/grace-doe", "speakers/max-roe"))
        self.assertEqual(list(self.client.contradictions(claims=[self.rise], window_days=1)), [])

    def test_firsts__of_a_claim_and_of_words__say_who(self):
        firsts = self.client.firsts(claim=self.rise, positions=["supports"])
        self.assertEqual(([stance.name for stance in firsts.stances], firsts.certain), ([self.before.name], True))
        self.assertEqual([quote.name for quote in self.client.firsts(words="words").quotes], [self.before.quote])

    def test_compare_outlets__of_a_claim__counts_sides(self):
        [account] = self.client.compare_outlets(claim=self.rise).outlets
        self.assertEqual((account.outlet, account.quote_count, account.for_count, account.against_count),
                         ("outlets/gazette", 3, 1, 2))

    def test_review__recorded_changed_and_withdrawn__is_listed_when_asked_for(self):
        review = self.client.create_review(pb.Review(
            claim=self.rise, reviewer="outlets/gazette", rating_text="Mostly false",
            rating=pb.Rating(value=2, best=6, worst=1), reviewed=onrecord.uncertain_date("2005-06")))
        self.assertEqual((review.verdict, review.normalized), (pb.VERDICT_NOT_CREDIBLE, 0.2))
        review.verdict = pb.VERDICT_UNCERTAIN
        self.assertEqual(self.client.update_review(review, ["verdict"]).verdict, pb.VERDICT_UNCERTAIN)
        [found] = self.client.reviews(claim=self.rise, verdicts=["uncertain"])
        self.assertEqual(found, self.client.review(review.name))
        self.client.retract_review(review.name, reason="withdrawn")
        self.assertEqual(list(self.client.reviews(reviewer="outlets/gazette")), [])
        self.assertEqual([found.retract_reason for found in self.client.reviews(include_retracted=True)], ["withdrawn"])

    def test_redact_quote__with_its_source__leaves_neither(self):
        left = self.client.redact_quote(self.other.quote, reason="court order", protect_source=True)
        self.assertEqual((left.state, left.speaker, left.retract_reason), (pb.QUOTE_STATE_REDACTED, "", "court order"))
        self.assertNotIn("2002", self.client.quote(self.other.quote).text)
        self.assertEqual(self.client.count_quotes(states=["redacted"]), (1, True))


class UtteranceTest(ClientTest):
    WORDS = "We choose to go to the moon in this decade and do the other things"

    def setUp(self):
        super().setUp()
        self.client.create_speaker(pb.Speaker(display_name="Grace Doe"))
        self.client.create_quote(pb.Quote(text=self.WORDS, speaker="speakers/grace-doe", kind=pb.QUOTE_KIND_DIRECT,
                                          said=onrecord.uncertain_date("1962-09-12")))
        wait_for("matching", lambda: self.client.unmatched_count() == 0)

    def test_similar_quotes__with_changed_words__are_compared(self):
        [found] = self.client.similar_quotes("We chose to go to the moon and do other things", said="1960..1970")
        self.assertEqual(found.quote.text, self.WORDS)
        self.assertIn(pb.WORDING_FLAG_WORDS_DROPPED, found.comparison.flags)
        self.assertEqual(self.client.similar_quotes(self.WORDS, said="1999"), [])

    def test_verify_quotes__of_an_article__answers_each(self):
        texts = [self.WORDS, "go to the moon in this decade", "Nothing of the kind was ever said"] * 200
        verdicts = [answer.verdict for answer in self.client.verify_quotes(texts, speaker="speakers/grace-doe")]
        self.assertEqual(verdicts, [pb.QUOTE_VERDICT_AUTHENTIC, pb.QUOTE_VERDICT_FRAGMENT,
                                    pb.QUOTE_VERDICT_NOT_FOUND] * 200)

    def test_trace__of_two_wordings__has_both(self):
        whole = self.client.utterance(next(self.client.quotes()).name)
        part = self.client.create_quote(pb.Quote(
            text="go to the moon in this decade", speaker="speakers/grace-doe", kind=pb.QUOTE_KIND_PARTIAL,
            said=onrecord.uncertain_date("1962-09-12")))
        wait_for("matching", lambda: self.client.unmatched_count() == 0)
        self.assertEqual(self.client.trace(part.name).utterance.name, whole.name)
        [link] = self.client.quote_links(speaker="speakers/grace-doe", relations=["fragment"])
        self.client.set_quote_link(link.quote, link.other, "rejected", reason="two speeches")
        self.assertEqual(self.client.utterance(part.name).member_count, 1)
        [link] = self.client.quote_links(quote=part.name, states=["rejected"])
        self.assertEqual(link.reason, "two speeches")
        self.client.set_quote_link(link.quote, link.other, "confirmed", relation="paraphrase")
        self.assertEqual(self.client.utterance(part.name).member_count, 2)

    def test_verify_quote__without_words__names_the_field(self):
        with self.assertRaises(onrecord.OnrecordError) as caught:
            self.client.verify_quote("…")
        self.assertEqual([violation.field for violation in caught.exception.fields], ["text"])
        with self.assertRaises(onrecord.OnrecordError):
            list(self.client.verify_quotes(["…"]))


class NoticeTest(ClientTest):
    WORDS = "The harbour is closed to all ships"

    def setUp(self):
        super().setUp()
        self.client.create_speaker(pb.Speaker(display_name="Grace Doe"))
        self.client.create_outlet(pb.Outlet(display_name="Gazette"))
        self.quote = self.client.create_quote(pb.Quote(
            text=self.WORDS, speaker="speakers/grace-doe", kind=pb.QUOTE_KIND_DIRECT,
            appearances=[pb.Appearance(outlet="outlets/gazette")]))

    def test_notice__of_a_quote__flags_its_printing_until_it_is_withdrawn(self):
        notice = self.client.create_notice(pb.Notice(
            kind=pb.NOTICE_KIND_DENIAL, target=self.quote.name, issuer="speakers/grace-doe", text="Never said it"))
        notice.text = "Never said so"
        self.assertEqual(self.client.update_notice(notice, ["text"]).text, "Never said so")
        [found] = self.client.notices(target=self.quote.name, kinds=["denial"])
        self.assertEqual(found, self.client.notice(notice.name))
        [printing] = self.client.affected(notice.name)
        self.assertEqual((printing.quote, printing.steps, printing.state),
                         (self.quote.name, 0, pb.AFFECTED_STATE_UNSEEN))
        left = self.client.set_affected_state(notice.name, printing.quote, printing.appearance, "stands", "on tape")
        self.assertEqual((left.state, left.reason), (pb.AFFECTED_STATE_STANDS, "on tape"))
        [flag] = self.client.quote(self.quote.name).appearances[0].notices
        self.assertEqual((flag.notice, flag.state), (notice.name, pb.AFFECTED_STATE_STANDS))
        self.client.withdraw_notice(notice.name, reason="she did")
        self.assertEqual(list(self.client.notices()), [])
        self.assertEqual([one.withdraw_reason for one in self.client.notices(include_withdrawn=True)], ["she did"])

    def test_quote__under_embargo__is_for_its_readers(self):
        notice = pb.Notice(kind=pb.NOTICE_KIND_EMBARGO, target=self.quote.name)
        notice.embargo_until.FromJsonString("2100-01-01T00:00:00Z")
        self.client.create_notice(notice)
        hidden = self.client.quote(self.quote.name)
        self.assertEqual((hidden.text, hidden.embargo_until), ("", notice.embargo_until))
        self.assertEqual(list(self.client.quotes(words="harbour")), [])
        with onrecord.Client(self.client.address, author="desk") as desk:
            self.assertEqual(desk.quote(self.quote.name).text, self.WORDS)


class WithoutServerTest(unittest.TestCase):
    def test_call__with_nobody_there__says_where(self):
        with onrecord.Client("127.0.0.1:1", timeout=5) as client, self.assertRaises(onrecord.OnrecordError) as caught:
            client.quote("quotes/" + 32 * "0")
        self.assertEqual((caught.exception.code, caught.exception.reason), (grpc.StatusCode.UNAVAILABLE, ""))
        self.assertIn("127.0.0.1:1", str(caught.exception))

    def test_address__from_the_environment__unless_given(self):
        os.environ["ONRECORD_ADDRESS"] = "127.0.0.1:2"
        self.addCleanup(os.environ.pop, "ONRECORD_ADDRESS")
        with onrecord.Client() as from_environment, onrecord.Client("127.0.0.1:3") as given:
            self.assertEqual((from_environment.address, given.address), ("127.0.0.1:2", "127.0.0.1:3"))

    def test_dates__as_text__become_messages(self):
        self.assertEqual(onrecord.partial_date("2007-11"), pb.PartialDate(year=2007, month=11))
        self.assertEqual(onrecord.interval("2007..").to, pb.PartialDate())
        self.assertEqual(onrecord.interval("2007").to, pb.PartialDate(year=2007))
        self.assertEqual(onrecord.interval(("2007", "2009-01")), onrecord.interval("2007..2009-01"))
        self.assertEqual(onrecord.interval(("2007", None)), onrecord.interval("2007.."))
        for wrong in ("2007-02-31", "2007-13", "07", "", "..", "0000", "2007-11-21T00:00", (None, None), ("2007",)):
            with self.assertRaises(ValueError, msg=wrong):
                onrecord.interval(wrong)


if __name__ == "__main__":
    unittest.main()
