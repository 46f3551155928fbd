"""A real server whose accounts get packages and coupons at random moments while jobs run by random prices."""

import random
from datetime import datetime, timedelta, timezone

from atelier import Server, wait
from test_audit import random_price

FLAVORS = ["modelarts.vm.cpu.2u", "modelarts.vm.cpu.0.5u"]
NEVER = "while [ ! -e /home/ma-user/modelarts/outputs/never ]; do sleep 0.1; done"
START = datetime(2030, 1, 31, 19, 40, tzinfo=timezone(timedelta(hours=8)))
HOUR = timedelta(hours=1)


def book(chance):
    """Both flavors by random prices, one of which changes within the time of the jobs."""
    text = ["id: default", "name: Random", "currency: USD", f"site: {chance.choice(['international', 'china'])}", "products:",
            "  - {id: training-job, name: Training, service: hws.service.type.modelarts, resource: r}", "flavors:"]
    text += [f"  - {{id: {flavor}, name: CPU, type: CPU, vcpu: 0.2, memory: 256 MiB, products: [training-job]}}" for flavor in FLAVORS]
    change = (START + chance.randrange(60, 400) * timedelta(minutes=1)).isoformat()
    text.append("prices:")
    text.append(random_price(chance, "training-job", FLAVORS[0], f", from: 2020-01-01, until: {change}}}"))
    text.append(random_price(chance, "training-job", FLAVORS[0], f", from: {change}}}"))
    text.append(random_price(chance, "training-job", FLAVORS[1], ", from: 2020-01-01}"))
    text.append("discounts:")
    text.append(f"  - {{name: opening, percent: {chance.choice(['5', '33.3333'])}, from: {(START + HOUR).isoformat()}}}")
    return "\n".join(text) + "\n"


class RandomBooks:
    """One seed's server and its acts."""

    def __init__(self, folder, seed):
        self.chance, self.now, self.jobs = random.Random(seed), START, []
        (folder / "prices").mkdir()
        (folder / "prices" / "default.yaml").write_text(book(self.chance))
        self.server = Server(folder, clock="simulated")
        self.server.run("init", "--price-books", str(folder / "prices"))
        self.server.start()
        self.move(timedelta())
        self.server.top_up("1000")

    def move(self, by):
        self.now += by
        self.server.move_clock(self.now.isoformat())

    def hour(self, least, most):
        begun = self.now.replace(minute=0, second=0)
        return (begun + self.chance.randrange(least, most) * HOUR).isoformat()

    def post(self, kind, body):
        answer = self.server.request("POST", f"/atelier/v1/accounts/{self.server.domain_id}/{kind}", body)
        assert answer.status_code in (200, 201), answer.text

    def grant(self):
        if self.chance.random() < 0.5:
            body = {"name": "c", "amount": f"{self.chance.randrange(1, 2_000_000) / 1e6:.6f}",
                    "valid_until": self.hour(1, 9), "valid_from": self.hour(-3, 1)}
            self.post("coupons", {**body, "product": "training-job"} if self.chance.random() < 0.5 else body)
        else:
            body = {"name": "p", "product": "training-job", "size": f"{self.chance.randrange(1, 3000)/1000:.3f}",
                    "monthly": self.chance.random() < 0.5, "effective_from": self.hour(-5, 3), "expires_at": self.hour(4, 9),
                    "price": self.chance.choice(["0", "0.01"])}
            self.post("packages", {**body, "flavor": self.chance.choice(FLAVORS)} if self.chance.random() < 0.5 else body)

    def create(self):
        flavor = self.chance.choice(FLAVORS)
        body = self.server.job_body(f"job-{len(self.jobs)}-{self.now.timestamp():.0f}-{self.chance.random()}".replace(".", "-"), NEVER)
        body["spec"]["resource"] = {"flavor_id": flavor, "node_count": 1}
        answer = self.server.request("POST", f"/v2/{self.server.project_id}/training-jobs", body)
        assert answer.status_code == 201, answer.text
        job = answer.json()["metadata"]["id"]
        self.server.wait_for(job, "Running")
        self.jobs.append(job)

    def end(self):
        job = self.jobs.pop(self.chance.randrange(len(self.jobs)))
        self.server.request("POST", f"/v2/{self.server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
        self.server.wait_for_end(job)

    def run(self, acts=14):
        """Acts at random, ends everything, and lets all hours close."""
        self.create()
        for _ in range(acts):
            act = self.chance.random()
            if act < 0.4:
                self.grant()
            elif act < 0.6 and len(self.jobs) < 3:
                self.create()
            elif act < 0.7 and self.jobs:
                self.end()
            self.move(timedelta(seconds=self.chance.randrange(60, 3000)))
        while self.jobs:
            self.end()
        for _ in range(4):
            self.move(HOUR)
        hour = self.now.replace(minute=0, second=0) - HOUR

        def closed():
            hours = self.server.get("/atelier/v1/hours")["items"]
            return all(one["state"] == "closed" or datetime.fromisoformat(one["hour"]) > hour for one in hours)

        wait(closed, what="the last hour's close")
        lines = self.server.get("/atelier/v1/bills?limit=1000")["items"]
        self.server.stop()
        return lines

