"""Wishes of services in the official SDK's shapes, and what becomes of them."""

from atelier import wait
from huaweicloudsdkmodelarts.v1 import (
    CreateInferServiceRequest, GroupConfig, GroupModel, ImageInfo, RateLimit, RuntimeConfigCreateRequest,
    ServiceCreateRequest, ServiceInvokeCreateRequest, ServiceLimit, ShowInferDeploymentRequest,
    ShowInferServiceRequest, UnitConfig)
from models import FLAVOR


def group(name, place=None, model=None, weight=100, count=1, flavor=FLAVOR, **envs):
    """A deployment; its model is a place in a bucket, or one that was taken up."""
    source = GroupModel(source="OBS", address=place, mount_path="/model", asset_id=model)
    unit = UnitConfig(flavor=flavor, image=ImageInfo(source="PRESET", swr_path="any"), envs=envs or None)
    return GroupConfig(name=name, weight=weight, count=count, model=source, unit_configs=[unit])


def wish(name, *groups, **more):
    runtime = RuntimeConfigCreateRequest(
        service_invoke=ServiceInvokeCreateRequest(port=8080, protocol="HTTP", auth_type="TOKEN"),
        service_limit=ServiceLimit(
            rate_limit=RateLimit(num=500, unit="SECOND"), request_size_limit=1, request_timeout=30))
    return CreateInferServiceRequest(body=ServiceCreateRequest(
        name=name, type="REAL_TIME", deploy_type="SINGLE", group_configs=list(groups), runtime_config=runtime,
        custom_metrics_path="/metrics", **more))


def shown(modelarts, id):
    return modelarts.show_infer_service(ShowInferServiceRequest(service_id=id))


def until(modelarts, id, status):
    wait(lambda: shown(modelarts, id).status == status, what=f"{status}")
    return shown(modelarts, id)


def deployment(modelarts, id, name):
    return modelarts.show_infer_deployment(ShowInferDeploymentRequest(service_id=id, deployment_id=name))
