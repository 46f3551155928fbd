"""A real server that is sent events of all five aggregations, some late, with random values, as months and prices change."""

import random
from datetime import datetime, timedelta, timezone

from atelier import wait
from test_events import BOOK, event, lines, send, started, unbilled

START = datetime(2030, 1, 31, 20, 0, tzinfo=timezone(timedelta(hours=8)))
MORE = """
  - {id: last, event: load, product: seats, flavor: last, aggregation: latest, value: data.load, window: day, from: 2020-01-01}
  - {id: most, event: load, product: seats, flavor: last, aggregation: max, value: data.load, window: month, from: 2020-01-01}
  - {id: who, event: load, product: seats, flavor: who, aggregation: unique, value: data.who, window: day, from: 2020-01-01}
"""
PRICES = """
  - {product: seats, flavor: last, volume: [{up_to: 4, per_unit: 0.7, flat: 0.1}, {per_unit: 0.33}], minimum: 9, from: 2020-01-01}
  - {product: seats, flavor: who, package: {size: 3, price: 1.5}, free: 1, from: 2020-01-01, until: 2030-01-31T22:20:00+08:00}
  - {product: seats, flavor: who, per_unit: 2, maximum: 7, from: 2030-01-31T22:20:00+08:00}
  - {product: tokens, flavor: large, per_unit: 0.0333333333, daily: "21:15-21:40", from: 2020-01-01}
  - {product: tokens, flavor: large, per_unit: 0.01, from: 2020-01-01}
discounts:
  - {name: d, percent: 33.3333, product: tokens, from: 2030-01-31T23:30:00+08:00}
"""


class RandomEvents:
    """One seed's server; events of some hours, some of them late, come as its clock moves over the end of a month."""

    def __init__(self, folder, seed):
        self.dice, self.now, self.granted = random.Random(seed), START, seed % 2 == 1
        book = BOOK.replace("from: 2030-01-01T10:30", "from: 2030-01-31T21:30").replace(
            "until: 2030-01-01T10:30", "until: 2030-01-31T21:30").replace("peak, users, now", "peak, users, now, last, who")
        self.server = started(folder, book=book.replace("meters:", PRICES.strip("\n") + "\nmeters:") + MORE.strip("\n") + "\n")
        self.server.move_clock(self.now.isoformat())
        self.server.top_up("10000")

    def event(self):
        dice = self.dice
        at = self.now + timedelta(seconds=dice.choice([-1, -1, -1, 280, -20000]) * dice.random()) if dice.random() < 0.9 else None
        if at and dice.random() < 0.4:
            at = at.replace(minute=dice.choice([0, 20, 30]), second=0, microsecond=0)
        if at and at > self.now + timedelta(minutes=5):
            at = self.now
        value = dice.choice([f"{dice.randrange(9000)}", dice.randrange(9000), f"{dice.randrange(9)}.{dice.randrange(10**6):06}"])
        kind, data = dice.choice([
            ("llm.request", {"usage": {"input": value, "output": value}}), ("llm.call", {"model": dice.choice(["large", "input"])}),
            ("seats", {"seats": dice.randrange(12), "user": dice.choice(["ann", "bob", 7, "7", True, "ключ"])}),
            ("load", {"load": dice.choice([0, 2.5, dice.randrange(12)]), "who": dice.randrange(9)})])
        return event(kind, data, at.isoformat() if at else None, dice.choice(["a", "b", None]), source=dice.choice(["s", "s é\n"]))

    def send(self, steps=14):
        for _ in range(steps):
            send(self.server, [self.event() for _ in range(self.dice.randrange(1, 12))])
            self.now += timedelta(seconds=self.dice.randrange(2400))
            self.server.move_clock(self.now.isoformat())
            if self.dice.random() < 0.5:
                self.wait_for_close()

    def wait_for_close(self):
        hour = (self.now - timedelta(minutes=5)).replace(minute=0, second=0, microsecond=0)

        def closed():
            hours = self.server.get("/atelier/v1/hours")["items"]
            return all(one["state"] == "closed" or datetime.fromisoformat(one["hour"]) >= hour for one in hours)

        wait(closed, what=f"the close before {hour}")

    def close(self):
        self.now = (self.now + timedelta(hours=2)).replace(minute=1)
        self.server.move_clock(self.now.isoformat())
        wait(lambda: unbilled(self.server) == 0, what="the last hour's close")

    def grant(self):
        """A package of seats and a coupon, also for what was used before."""
        account, valid = self.server.domain_id, (START + timedelta(days=9)).isoformat()
        for kind, body in [
            ("packages", {"name": "p", "product": "seats", "size": f"{self.dice.randrange(4, 40)}.5", "monthly": self.dice.random() < 0.5,
                          "effective_from": START.isoformat(), "expires_at": valid, "price": "0"}),
            ("coupons", {"name": "c", "amount": "20", "valid_from": START.isoformat(), "valid_until": valid}),
        ]:
            answer = self.server.request("POST", f"/atelier/v1/accounts/{account}/{kind}", body)
            assert answer.status_code in (200, 201), answer.text

    def run(self):
        """Sends, grants in every second seed, lets all hours close, and leaves some late events to the next close."""
        self.send()
        if self.granted:
            self.grant()
            self.send(5)
        self.close()
        found = lines(self.server)
        send(self.server, [self.event() for _ in range(5)])
        self.server.stop()
        return found
