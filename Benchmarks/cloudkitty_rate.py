"""The peer's yardstick of bulk rating: OpenStack CloudKitty's hashmap module rates resource-hours of the same flavors.

    cloudkitty_rate.py --price-book F.yaml [--accounts 10] [--resources 100] [--hours 10]

CloudKitty's own code does all of it: its migrations make an SQLite database, its database API holds one service, one field
`flavor` and a flat mapping for each price, its extension manager loads the enabled modules for a scope, and its worker's
method rates one frame of data points for every account and hour. Prints JSON:

    seconds         rating as the worker does it (Worker.execute_measurements_rating, with the copy it makes of every frame for
                    every module, of which `noop` is always on), the data points being ready; the one to compare with
    module_seconds  the same by the hashmap module alone
    reload_seconds  what the worker does before each frame besides: it reads the rules from the database again

Collecting what is rated and storing the result are not measured. The sum is checked against exact arithmetic, to twelve
digits: SQLite keeps CloudKitty's decimals as floating point.
"""

import argparse
import collections
import contextlib
import datetime
import decimal
import importlib.metadata
import json
import logging
import random
import time
import warnings

from usage import QUANTITIES, read_prices

with warnings.catch_warnings(record=True):  # eventlet says on import that it is deprecated
    from cloudkitty import config  # noqa: F401, registers the options
    from cloudkitty import orchestrator
    from cloudkitty.dataframe import DataFrame, DataPoint
    from cloudkitty.db import api as database_api
    from cloudkitty.rating.hash import HashMap
    from oslo_config import cfg

BEGIN = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--price-book", required=True)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--resources", type=int, default=100)
    parser.add_argument("--hours", type=int, default=10)
    options = parser.parse_args()
    prices = read_prices(options.price_book)
    prepare(prices)
    print(json.dumps(rate(prices, options.accounts, options.resources, options.hours)))


def prepare(prices):
    """CloudKitty's tables with the price of each flavor as a flat mapping; hashmap enabled.

    The database is in memory, as in CloudKitty's tests: one of its migrations reads through a second connection what the
    first has not committed, and so fails on an SQLite file.
    """
    logging.disable(logging.INFO)
    cfg.CONF([], project="cloudkitty", default_config_files=[])
    cfg.CONF.set_override("connection", "sqlite://", "database")
    for api in (database_api.get_instance(), HashMap.db_api):
        api.get_migration().upgrade("head")
    database_api.get_instance().get_module_info().set_state("hashmap", True)
    fields = {}
    for product, flavor, price in prices:
        if product not in fields:
            service = HashMap.db_api.create_service(product)
            fields[product] = HashMap.db_api.create_field(service.service_id, "flavor").field_id
        HashMap.db_api.create_mapping(
            value=flavor, cost=decimal.Decimal(price), map_type="flat", field_id=fields[product],
            start=BEGIN - HOUR, created_by="benchmark")


def rate(prices, accounts, resources, hours):
    """Rates a frame for every account and hour; tells what it took."""
    took = collections.Counter()
    total = expected = decimal.Decimal(0)
    for account in range(1, accounts + 1):
        worker = orchestrator.BaseWorker(tenant_id=f"a{account:04d}")
        (hashmap,) = (processor.obj for processor in worker._processors if processor.obj.module_name == "hashmap")
        for start in (BEGIN + HOUR * hour for hour in range(hours)):
            usage, worth = resource_hours(prices, account, resources)
            with timed(took, "reload"):
                hashmap.reload_config(start)
            with timed(took, "module"):
                hashmap.process(DataFrame(start, start + HOUR, usage))
            with timed(took, "worker"):
                frame = orchestrator.Worker.execute_measurements_rating(worker, start + HOUR, start, usage)
            total += sum(point.price for _, point in frame.iterpoints())
            expected += worth
    assert abs(total - expected) < expected * decimal.Decimal("1e-12"), f"CloudKitty says {total}, {expected} is right"
    points = accounts * resources * hours
    return {"peer": f"CloudKitty {importlib.metadata.version('cloudkitty')}", "datapoints": points, "frames": accounts * hours,
            "seconds": round(took["worker"], 3), "datapoints_per_second": round(points / took["worker"]),
            "module_seconds": round(took["module"], 3), "module_datapoints_per_second": round(points / took["module"]),
            "reload_seconds": round(took["reload"], 3), "total": str(total), "exact": str(expected)}


@contextlib.contextmanager
def timed(took, what):
    began = time.perf_counter()
    yield
    took[what] += time.perf_counter() - began


def resource_hours(prices, account, count):
    """One hour's data points of an account by product, as a collector hands them over, and what they cost."""
    picks = random.Random(account)
    usage, worth = {}, decimal.Decimal(0)
    for number in range(count):
        (product, flavor, price), quantity = picks.choice(prices), picks.randint(1, QUANTITIES)
        groupby = {"id": f"r{number:04d}", "project_id": f"a{account:04d}"}
        usage.setdefault(product, []).append(DataPoint("hour", quantity, 0, groupby, {"flavor": flavor}))
        worth += decimal.Decimal(price) * quantity
    return usage, worth


if __name__ == "__main__":
    main()
