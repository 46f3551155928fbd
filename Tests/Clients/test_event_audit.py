"""Books of events, exported and audited: all five aggregations, late ones, a price that begins within an hour, tiers."""

import csv

import pytest

from atelier import audit_books
from random_events import RandomEvents
from test_events import event, send


@pytest.mark.parametrize("seed", range(6))
def test_the_auditor_agrees_with_every_line_of_events(tmp_path, seed):
    books = RandomEvents(tmp_path, seed)
    found = books.run()
    assert len(found) > 30 and any(line["kind"] == "correction" for line in found)
    assert not books.granted or any(line["packages"] for line in found) and any(line["coupons"] for line in found)
    assert books.server.audited() == ""


def test_changed_events_are_named(tmp_path):
    sender = RandomEvents(tmp_path, 1)
    send(sender.server, [event(data={"usage": {"input": 1000, "output": 10}}), event("llm.call", {"model": "large"})])
    sender.close()
    sender.server.stop()
    out = tmp_path / "books"
    sender.server.run("export", "--out", str(out))
    assert audit_books(out).stdout.endswith(" 0 differences\n")
    whole = list(csv.reader((out / "events.csv").open(newline="")))

    def told(change):
        with (out / "events.csv").open("w", newline="") as file:
            csv.writer(file).writerows([whole[0], *change])
        found = audit_books(out)
        assert found.returncode == 1, found.stdout
        return found.stderr

    def changed(old, new):
        return [[*row[:-1], row[-1].replace(old, new)] for row in whole[1:]]

    assert "meter input, resource service-1), hour 2030-01-31T12:00:00Z" in told(changed("1000", "1001"))
    assert "there is no segment of meter model for service-1 (small" in told(changed("large", "small"))
    assert "no event proves any" in told([])
    assert "batch 1: an event has the sender, source and id of one of batch 1" in told([*whole[1:], *whole[1:]])
