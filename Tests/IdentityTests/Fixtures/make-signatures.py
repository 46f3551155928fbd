#!/usr/bin/env python3
"""Writes signatures.json: requests signed by the unmodified official SDK, as they arrive at a server.

Needs huaweicloudsdkcore and huaweicloudsdkmodelarts 3.1.219 from PyPI. Run it in this folder; the output is the same
each time, because keys and dates are fixed. The first part calls the SDK's signer on awkward requests and lets the
HTTP library prepare the address; the second sends whole operations to a server of this script.
"""

import http.server
import json
import threading

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkmodelarts.v1 import (
    CreateNotebookRequest, DeleteNotebookRequest, DeleteTrainingJobRequest, JobSearches, ListNotebooksRequest,
    ListTrainingJobsRequest, ModelArtsClient, NotebookCreateRequest, ShowNotebookRequest,
    ShowTrainingJobDetailsRequest, ShowTrainingJobLogsPreviewRequest, StopTrainingJobRequest,
)

ACCESS, SECRET, PROJECT = "AK0TEST0VECTORS00001", "sk-Test/Vectors+0123456789=abcdefghijklm", "0" * 31 + "1"
DATE = "20260301T080000Z"
PORT = 18931


def case(name, method, target, headers, body):
    return {
        "name": name, "method": method, "target": target, "headers": headers, "body": body.hex(),
        "access": ACCESS, "secret": SECRET, "date": DATE,
    }


def signed(name, method, path, query=(), headers=None, body=b""):
    """One request through the signer alone."""
    given = {"Content-Type": "application/json", "X-Project-Id": PROJECT, "X-Sdk-Date": DATE}
    given.update(headers or {})
    request = SdkRequest(
        method=method, schema="http", host="127.0.0.1:8080", resource_path=path, query_params=list(query),
        header_params=given, body=body)
    Signer(BasicCredentials(ACCESS, SECRET, PROJECT)).sign(request)
    target = requests.Request(method, request.url).prepare().path_url
    # The SDK hands UTF-8 to the HTTP library as Latin-1 text; on the wire it is UTF-8 again.
    wire = [[key, value.encode("iso-8859-1").decode("utf-8")] for key, value in request.header_params.items()]
    return case(name, method, target, wire, request.body or b"")


PATHS = [
    "/", "/v3/projects", "/v2/p/training-jobs/", "/a//b", "/a%2Fb/c", "/a%252Fb", "/urn%3Asmn%3Alocal-1%3Ap%3At",
    "/caf%C3%A9/%E6%9C%BA%E5%99%A8", "/a%20b", "/a+b", "/a%2Bb", "/~user/-._", "/%7Euser", "/a=b;c,d", "/a:b@c",
    "/!$&'()*", "/%F0%9F%98%80", "/a%25b", "/%41%62c", "/a%GGb%2",
]
QUERIES = [
    [("limit", 10), ("offset", 0)], [("b", "2"), ("a", "1")], [("tag", ["z", "a", "m"])], [("q", "a b")],
    [("q", "a+b")], [("q", "~")], [("q", "a=b&c")], [("q", "/path/x")], [("q", "café 机器 😀")], [("flag", True)],
    [("empty", "")], [("q", "100%")], [("a-b", "1"), ("a_b", "2"), ("a", "3"), ("A", "4")], [("ключ", "v")],
    [("a", "1"), ("a", "0"), ("a", "%41")], [("q", ":;,?@!$'()*[]")], [("q", '"<>\\^`{|}#')],
]
BODIES = [
    b"{}", b'{"name":"job"}', '{"name":"機械"}'.encode(), b"\x00\x01\xff\xfe", b"a" * 5_000, b" \n",
]
HEADERS = [
    {"X-Language": "zh-cn"}, {"X-Custom": "  blanks  inside  "}, {"X-Custom": "caf\u00e9 \u673a"}, {"X-Custom": ""},
    {"x_under": "not signed"}, {"Content-Type": "application/json;charset=utf-8"},
    {"Host": "modelarts.local-1.example.com"}, {"X-Security-Token": "t/+=" * 50}, {"X-Zed": "a:b,c;d=e"},
]


def signer_cases():
    for path in PATHS:
        yield signed(f"path {path}", "GET", path)
    for query in QUERIES:
        yield signed(f"query {query}", "GET", "/v2/search", query)
    for body in BODIES:
        yield signed(f"body {body[:20]!r}", "POST", "/v2/p/training-jobs", body=body)
    for headers in HEADERS:
        yield signed(f"headers {sorted(headers)} {sorted(headers.values())[0][:30]!r}", "PUT", "/v1/p", headers=headers)
    for method in ["DELETE", "PATCH", "HEAD"]:
        yield signed(f"method {method}", method, "/v1/p/x", [("force", False)], body=b"" if method == "HEAD" else b"{}")
    octets = {"Content-Type": "application/octet-stream"}
    yield signed("unsigned payload", "PUT", "/o/b/k", headers=octets, body=b"any bytes")
    yield signed("unsigned payload, empty body", "PUT", "/o/b/k", headers=octets)


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    arrived = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = [[key, value.encode("iso-8859-1").decode("utf-8")] for key, value in self.headers.items()]
        Recorder.arrived.append((self.command, self.path, headers, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


def client_cases():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = HttpConfig.get_default_config()
    config.user_agent = "vectors"
    client = (
        ModelArtsClient.new_builder().with_http_config(config)
        .with_credentials(BasicCredentials(ACCESS, SECRET, PROJECT))
        .with_endpoint(f"http://127.0.0.1:{PORT}").build())
    notebook = NotebookCreateRequest(name="n é", flavor="cpu", image_id="i", volume={"category": "EFS"})
    awkward = "a/b c+d~é:%41"
    calls = [
        ("create_notebook", CreateNotebookRequest(body=notebook)),
        ("list_notebooks", ListNotebooksRequest(limit=5, name="a b+c~", sort_key="name")),
        ("show_notebook", ShowNotebookRequest(id=awkward)),
        ("delete_notebook", DeleteNotebookRequest(id="n-1")),
        ("list_training_jobs", ListTrainingJobsRequest(body=JobSearches(limit=3, offset=0))),
        ("show_training_job_details", ShowTrainingJobDetailsRequest(training_job_id=awkward)),
        ("stop_training_job", StopTrainingJobRequest(training_job_id="j", body={"action_type": "terminate"})),
        ("delete_training_job", DeleteTrainingJobRequest(training_job_id="j")),
        ("show_training_job_logs_preview", ShowTrainingJobLogsPreviewRequest(training_job_id="j", task_id="worker-0")),
    ]
    for name, request in calls:
        getattr(client, name + "_invoker")(request).add_header("X-Sdk-Date", DATE).invoke()
        method, target, headers, body = Recorder.arrived[-1]
        yield case(f"client {name}", method, target, headers, body)
    server.shutdown()


if __name__ == "__main__":
    cases = list(signer_cases()) + list(client_cases())
    with open("signatures.json", "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
    print(len(cases), "cases")
