"""The official ModelArts SDK, unmodified, drives training jobs from creation to deletion."""

import pytest
from atelier import CPU_FLAVOR, wait
from conftest import modelarts_client
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmodelarts.v1 import (
    AutoStop, ChangeTrainingJobDescriptionRequest, CreateTrainingJobRequest, DeleteTrainingJobRequest, Job, JobAlgorithm,
    JobActionType, JobEngine, JobMetadata, JobSearches, ListTrainingJobEventsRequest, ListTrainingJobsRequest, LogExportPath, Output,
    Parameters, Remote, RemoteObs, ShowTrainingJobDetailsRequest, ShowTrainingJobEnginesRequest,
    ShowTrainingJobFlavorsRequest, ShowTrainingJobLogsPreviewRequest, Spec, SpecResource, StopTrainingJobRequest,
    JobUpdateRequestBody)


def sdk_job(name, **algorithm):
    return Job(
        kind="job", metadata=JobMetadata(name=name, description="made by the SDK"),
        algorithm=JobAlgorithm(engine=JobEngine(engine_name="python"), **algorithm),
        spec=Spec(resource=SpecResource(flavor_id=CPU_FLAVOR, node_count=1), auto_stop=AutoStop("HOURS", 1),
                  log_export_path=LogExportPath(obs_url="obs://code/logs/")))


def create(client, job):
    return client.create_training_job(CreateTrainingJobRequest(body=job)).metadata.id


def show(client, job):
    return client.show_training_job_details(ShowTrainingJobDetailsRequest(training_job_id=job))


def ended(client, job):
    wait(lambda: show(client, job).status.phase in ("Completed", "Failed", "Terminated", "Abnormal"),
         what=f"the end of {job}")
    return show(client, job)


def test_a_job_from_creation_to_deletion(server, modelarts):
    job = create(modelarts, sdk_job(
        "whole-life", code_dir="obs://code/", boot_file="obs://code/train.py",
        parameters=[Parameters(name="epochs", value="3")],
        environments={"GREETING": "hello"},
        outputs=[Output(name="model", access_method="parameter",
                        remote=Remote(obs=RemoteObs(obs_url="obs://code/out/whole-life/")))]))
    shown = ended(modelarts, job)
    log = server.whole_log(job).decode()
    assert shown.status.phase == "Completed", log
    assert [line for line in log.splitlines() if line.startswith("epoch")] == ["epoch 0", "epoch 1", "epoch 2"]
    assert "done /home/ma-user/modelarts/user-job-dir" in log
    assert shown.metadata.name == "whole-life" and shown.metadata.id == job
    assert shown.metadata.user_name == server.user
    assert shown.spec.resource.flavor_id == CPU_FLAVOR
    assert shown.algorithm.parameters[0].value == "3"
    assert shown.status.start_time > 0 and shown.status.duration >= 0
    # Outputs and the log were in their bucket before the job said Completed.
    assert server.download("code", "out/whole-life/model.txt").content == b"weights of 3 epochs"
    assert server.download("code", f"logs/modelarts-job-{job}-worker-0.log").content == log.encode()

    preview = modelarts.show_training_job_logs_preview(
        ShowTrainingJobLogsPreviewRequest(training_job_id=job, task_id="worker-0"))
    assert preview.content == log and preview.full_size == len(log.encode())

    listed = modelarts.list_training_jobs(ListTrainingJobsRequest(body=JobSearches(limit=50, offset=0)))
    assert job in [item.metadata.id for item in listed.items]

    modelarts.change_training_job_description(ChangeTrainingJobDescriptionRequest(
        training_job_id=job, body=JobUpdateRequestBody(description="changed")))
    assert show(modelarts, job).metadata.description == "changed"
    assert modelarts.list_training_job_events(ListTrainingJobEventsRequest(training_job_id=job)).events

    modelarts.delete_training_job(DeleteTrainingJobRequest(training_job_id=job))
    with pytest.raises(ClientRequestException) as refused:
        show(modelarts, job)
    assert refused.value.status_code == 404 and refused.value.error_code == "ModelArts.0404"


def test_a_running_job_is_stopped(server, modelarts):
    job = create(modelarts, sdk_job("stopped", command="echo begun; exec sleep 600"))
    wait(lambda: show(modelarts, job).status.phase == "Running", what="the job's start")
    modelarts.stop_training_job(StopTrainingJobRequest(
        training_job_id=job, body=JobActionType(action_type="terminate")))
    assert ended(modelarts, job).status.phase == "Terminated"
    assert server.whole_log(job) == b"begun\n"


def test_a_failing_job_says_so(server, modelarts):
    job = create(modelarts, sdk_job("fails", command="echo oh no >&2; exit 7"))
    shown = ended(modelarts, job)
    assert shown.status.phase == "Failed"
    assert server.whole_log(job) == b"oh no\n"
    events = modelarts.list_training_job_events(ListTrainingJobEventsRequest(training_job_id=job)).events
    assert any("7" in event.message for event in events), events


def test_a_script_that_is_not_python_fails_with_its_log(server, modelarts):
    server.upload("code", "broken/boot.py", b"\x7fELF this is not python\n")
    job = create(modelarts, sdk_job("no-python", code_dir="obs://code/broken/", boot_file="obs://code/broken/boot.py"))
    assert ended(modelarts, job).status.phase == "Failed"
    assert b"SyntaxError" in server.whole_log(job)


def test_more_memory_than_the_flavor_is_killed_and_says_so(server, modelarts):
    memory = next(
        flavor.flavor_info.memory.size
        for flavor in modelarts.show_training_job_flavors(ShowTrainingJobFlavorsRequest()).flavors
        if flavor.flavor_id == CPU_FLAVOR)
    code = f"x = bytearray(({memory} << 30) + (256 << 20)); print(len(x))"
    job = create(modelarts, sdk_job("hungry", command=f"exec /usr/bin/python3 -c '{code}'"))
    shown = ended(modelarts, job)
    assert shown.status.phase == "Failed"
    events = modelarts.list_training_job_events(ListTrainingJobEventsRequest(training_job_id=job)).events
    assert any("memory" in event.message for event in events), events


def test_too_much_log_keeps_the_last_part_and_says_so(server, modelarts):
    job = create(modelarts, sdk_job("talkative", command="head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last words"))
    assert ended(modelarts, job).status.phase == "Completed"
    answer = server.request(
        "GET", f"/atelier/v1/projects/{server.project_id}/training-jobs/{job}/log?task=worker-0&offset=-100")
    assert answer.content.endswith(b"x\nlast words\n")
    assert int(answer.headers["X-Log-Dropped"]) > 0 and int(answer.headers["X-Log-Written"]) == 100_000_012
    events = modelarts.list_training_job_events(ListTrainingJobEventsRequest(training_job_id=job)).events
    assert any("log" in event.message for event in events), events


def test_flavors_and_engines_are_offered(server, modelarts):
    flavors = modelarts.show_training_job_flavors(ShowTrainingJobFlavorsRequest()).flavors
    assert CPU_FLAVOR in [flavor.flavor_id for flavor in flavors]
    engines = modelarts.show_training_job_engines(ShowTrainingJobEnginesRequest()).items
    assert "python" in [engine.engine_name for engine in engines]


def test_jobs_that_do_not_fit_wait_in_order(server, modelarts):
    """The pool holds one job of two cores a pair of cores; the others wait, and all end."""
    jobs = [create(modelarts, sdk_job(f"queued-{index}", command="sleep 0.3")) for index in range(4)]
    starts = [ended(modelarts, job).status.start_time for job in jobs]
    assert starts == sorted(starts)


@pytest.mark.parametrize("change, code, status, field", [
    (dict(secret="wrong"), "APIGW.0301", 401, None),
    (dict(project="0123456789abcdef0123456789abcdef"), "ModelArts.0010", 403, None),
    (dict(access="NOSUCHACCESSKEY00000"), "APIGW.0301", 401, None),
])
def test_a_stranger_is_refused(server, change, code, status, field):
    with pytest.raises(ClientRequestException) as refused:
        modelarts_client(server, **change).list_training_jobs(ListTrainingJobsRequest(body=JobSearches(limit=1)))
    assert (refused.value.status_code, refused.value.error_code) == (status, code)
    assert refused.value.error_msg and refused.value.request_id
