"""Who asks is proven, and whoever cannot prove it is told why."""

import time

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam.v3 import KeystoneListAuthDomainsRequest, KeystoneListProjectsRequest
from huaweicloudsdkmodelarts.v1 import JobSearches, ListTrainingJobsRequest, ModelArtsClient


def test_with_region_finds_its_project(server):
    """Credentials without a project: the SDK asks IAM for the project named as the region."""
    credentials = BasicCredentials(server.access_key, server.secret_key)
    credentials.with_iam_endpoint(server.endpoint)
    client = ModelArtsClient.new_builder().with_credentials(credentials) \
        .with_region(Region(server.region, server.endpoint)).build()
    assert client.list_training_jobs(ListTrainingJobsRequest(body=JobSearches(limit=1))).total >= 0


def test_projects_and_domains(server, iam):
    projects = iam.keystone_list_projects(KeystoneListProjectsRequest(name=server.region)).projects
    assert [project.id for project in projects] == [server.project_id]
    assert iam.keystone_list_projects(KeystoneListProjectsRequest(name="elsewhere")).projects == []
    domains = iam.keystone_list_auth_domains(KeystoneListAuthDomainsRequest()).domains
    assert [domain.id for domain in domains] == [server.domain_id]


def token_body(server, password, project=None):
    scope = {"project": {"name": project or server.region}}
    return {"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": server.user, "password": password, "domain": {"id": server.domain_id}}}},
        "scope": scope}}


def test_a_token_opens_the_project(server):
    answer = server.request("POST", "/v3/auth/tokens", token_body(server, server.password), sign=False)
    assert answer.status_code == 201, answer.text
    token = answer.headers["X-Subject-Token"]
    assert answer.json()["token"]["project"]["id"] == server.project_id
    path = f"/v2/{server.project_id}/training-job-flavors"
    assert server.request("GET", path, headers={"X-Auth-Token": token}, sign=False).status_code == 200
    refused = server.request("GET", path, headers={"X-Auth-Token": token[:-2] + "xx"}, sign=False)
    assert (refused.status_code, refused.json()["error_code"]) == (401, "APIGW.0307")


def test_a_wrong_password_is_refused(server):
    answer = server.request("POST", "/v3/auth/tokens", token_body(server, "not-the-password"), sign=False)
    assert answer.status_code == 401 and answer.json()["error"]["message"]


def test_a_new_access_key_signs(server):
    made = server.request("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {
        "user_id": user_id(server), "description": "for a test"}})
    assert made.status_code == 201, made.text
    key = made.json()["credential"]
    answer = server.request(
        "GET", f"/v2/{server.project_id}/training-job-flavors", access=key["access"], secret=key["secret"])
    assert answer.status_code == 200


def user_id(server):
    answer = server.request("POST", "/v3/auth/tokens", token_body(server, server.password), sign=False)
    return answer.json()["token"]["user"]["id"]


def test_nothing_passes_unsigned(server):
    for path in [f"/v2/{server.project_id}/training-job-flavors", "/v3/projects", "/atelier/v1/balance",
                 "/v2/accounts/customer-accounts/balances", "/atelier/v1/buckets"]:
        answer = server.request("GET", path, sign=False)
        assert answer.status_code == 401, (path, answer.text)
        assert answer.headers["X-Request-Id"]


def test_a_changed_body_and_an_old_date_are_refused(server):
    import requests

    path = f"/v2/{server.project_id}/training-job-searches"
    host = server.endpoint.split("://")[1]
    signed = signed_headers(server, "POST", path, b'{"limit": 1}', host)
    changed = requests.post(server.endpoint + path, data=b'{"limit": 2}', headers=signed, timeout=30)
    assert (changed.status_code, changed.json()["error_code"]) == (401, "APIGW.0301")
    old = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 3600))
    stale = signed_headers(server, "POST", path, b'{"limit": 1}', host, date=old)
    answer = requests.post(server.endpoint + path, data=b'{"limit": 1}', headers=stale, timeout=30)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")


def signed_headers(server, method, path, body, host, date=None):
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer

    headers = {"Content-Type": "application/json", "Host": host}
    if date:
        headers["X-Sdk-Date"] = date
    request = SdkRequest(
        method=method, schema="http", host=host, resource_path=path, uri=path, query_params=[],
        header_params=headers, body=body)
    Signer(BasicCredentials(server.access_key, server.secret_key, "x")).sign(request)
    return request.header_params
