#!/usr/bin/python3
"""Imports a CSV file with a header line (text, speaker, outlet, said, topics; more in imports.proto).

    examples/bulk_import.py quotes.csv SOURCE

Topics are separated by semicolons. Rejected rows are written to quotes.csv.rejects.csv with the reason: correct them
and feed that file. Run it again after a crash, or on a newer version of the file: what is known is left alone.
"""
import csv
import sys

import onrecord


def main(path, source):
    with open(path, encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames
    columns = [column for column in columns if column not in ("reject_field", "reject_message")]

    def records():
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                fields = {column: row[column] for column in columns if row[column]}
                if "topics" in fields:
                    fields["topics"] = [topic.strip() for topic in fields["topics"].split(";")]
                yield fields

    with onrecord.Client() as client:
        run = client.import_records(records(), source=source)
        for result in run:
            if result.sequence % 10000 == 0:
                print(f"{result.sequence} records", file=sys.stderr)
        done = run.state
        print(f"{done.name}: {done.created_count} created, {done.updated_count} updated, {done.unchanged_count} "
              f"unchanged, {done.conflict_count} in conflict, {done.rejected_count} rejected")
        if done.conflict_count + done.rejected_count == 0:
            return 0
        with open(path + ".rejects.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns + ["reject_field", "reject_message"])
            writer.writeheader()
            for reject in client.rejects(done.name):
                row = {column: getattr(reject.record, column) for column in columns}
                row["topics"] = "; ".join(reject.record.topics)
                writer.writerow(row | {"reject_field": reject.result.field, "reject_message": reject.result.message})
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
