"""The official ModelArts SDK, unmodified, saves what a notebook has installed and runs notebooks and jobs of it."""

import base64
import io
import zipfile

from atelier import Server, wait
from conftest import modelarts_client
from huaweicloudsdkmodelarts.v1 import (
    CreateImageRequest, DeleteImageRequest, DeleteImageRequestBody, ImageCreateReq, ListImageRequest, ShowImageRequest)
from jupyter import Jupyter, Notebooks, refused


def test_what_is_installed_becomes_an_image_for_notebooks_and_jobs(server, modelarts, notebooks):
    made = notebooks.running("installs")
    jupyter = Jupyter(server, made)
    install(jupyter, wheel("first", "1.0", "print('first says hello')"))
    # What stands in the way of being copied, and leads out of the volume, leads nowhere.
    jupyter.run(jupyter.new_kernel(), "import os; os.symlink('/etc/shadow', os.environ['PIP_TARGET'] + '/out')")
    wish = ImageCreateReq(namespace="lab", name="vision", tag="1", description="with first")
    saved = modelarts.create_image(CreateImageRequest(id=made.id, body=wish))
    assert (saved.status, saved.swr_path, saved.origin, saved.type) == ("CREATING", "lab/vision:1", "IMAGE_SAVE", "DEDICATED")
    seen = notebooks.show(made.id).status
    assert seen in ("SNAPSHOTTING", "RUNNING")
    image = wait(lambda: (now := modelarts.show_image(ShowImageRequest(id=saved.id))).status == "ACTIVE" and now, what="the image")
    assert image.size > 0 and notebooks.wait(made.id, "RUNNING").fail_reason == ""
    assert [item.id for item in modelarts.list_image(ListImageRequest(type="DEDICATED")).data] == [saved.id]
    error = refused(lambda: modelarts.create_image(CreateImageRequest(id=made.id, body=wish)))
    assert error.status_code == 409 and "lab/vision:1" in error.error_msg
    notebooks.delete(made.id)

    # A notebook of it has the package, and what it installs itself lies over it.
    over = notebooks.running("over", image=saved.id)
    assert over.image.id == saved.id
    jupyter = Jupyter(server, over)
    kernel = jupyter.new_kernel()
    assert jupyter.run(kernel, "import first; print(first.__version__)") == "first says hello\n1.0\n"
    assert jupyter.run(kernel, "import os; print(os.path.exists(os.path.dirname(first.__file__) + '/../out'))") == "False\n"
    install(jupyter, wheel("first", "2.0", ""))
    second = modelarts.create_image(CreateImageRequest(
        id=over.id, body=ImageCreateReq(namespace="lab", name="vision", tag="2")))
    wait(lambda: modelarts.show_image(ShowImageRequest(id=second.id)).status == "ACTIVE", what="the second image")
    error = refused(lambda: modelarts.delete_image(DeleteImageRequest(id=saved.id, body=DeleteImageRequestBody())))
    assert error.status_code == 409 and "notebook over" in error.error_msg
    notebooks.stop(over.id)
    jupyter = Jupyter(server, notebooks.start(over.id))
    assert jupyter.run(jupyter.new_kernel(), "import first; print(first.__version__)") == "2.0\n"
    notebooks.delete(over.id)
    modelarts.delete_image(DeleteImageRequest(id=saved.id, body=DeleteImageRequestBody()))
    assert refused(lambda: modelarts.show_image(ShowImageRequest(id=saved.id))).status_code == 404

    # What is saved under a runtime's name does not change what the name means.
    other = notebooks.running("python")
    named = modelarts.create_image(CreateImageRequest(
        id=other.id, body=ImageCreateReq(namespace="lab", name="python", tag="1")))
    wait(lambda: modelarts.show_image(ShowImageRequest(id=named.id)).status == "ACTIVE", what="the image called python")
    notebooks.delete(other.id)
    plain = server.create_job("of-a-runtime", "python -c 'import first'")
    wait(lambda: server.job(plain)["status"]["phase"] == "Failed", what="the end of a job without the image")
    modelarts.delete_image(DeleteImageRequest(id=named.id, body=DeleteImageRequestBody()))

    # Jobs run it too, and the second has its own copy of what the first brought.
    job = server.create_job("of-an-image", "python -c 'import first; print(first.__version__)'; first-tool",
                            engine={"image_url": "lab/vision:2"})
    wait(lambda: server.job(job)["status"]["phase"] in ("Completed", "Failed"), what="the job's end")
    log = server.get(f"/v2/{server.project_id}/training-jobs/{job}/tasks/worker-0/logs/preview")["content"]
    assert log.splitlines() == ["2.0", "the tool of 2.0"]
    assert server.job(job)["algorithm"]["engine"]["engine_id"] == second.id
    modelarts.delete_image(DeleteImageRequest(id=second.id, body=DeleteImageRequestBody()))
    assert list(server.data.glob("images/*")) == []


def test_bad_images_are_refused(server, modelarts, notebooks):
    made = notebooks.create("no-image")
    wish = lambda **more: ImageCreateReq(**{"namespace": "lab", "name": "vision", "tag": "1", **more})
    if notebooks.show(made.id).status == "CREATING":
        error = refused(lambda: modelarts.create_image(CreateImageRequest(id=made.id, body=wish())))
        assert error.status_code == 409 and "CREATING" in error.error_msg
    notebooks.wait(made.id, "RUNNING")
    for more, field in [({"namespace": "Lab"}, "namespace"), ({"namespace": "atelier"}, "namespace"), ({"name": "Vision"}, "name"), ({"name": "v-"}, "name"),
                        ({"tag": "a/b"}, "tag"), ({"tag": ""}, "tag"), ({"description": "x" * 513}, "description")]:
        error = refused(lambda: modelarts.create_image(CreateImageRequest(id=made.id, body=wish(**more))))
        assert error.status_code == 400 and field in error.error_msg, (more, error)
    runtime = notebooks.image
    error = refused(lambda: modelarts.delete_image(DeleteImageRequest(id=runtime, body=DeleteImageRequestBody())))
    assert error.status_code == 403 and "installation" in error.error_msg
    assert notebooks.show(made.id).status == "RUNNING"
    notebooks.stop(made.id)
    error = refused(lambda: modelarts.create_image(CreateImageRequest(id=made.id, body=wish())))
    assert error.status_code == 409 and "STOPPED" in error.error_msg
    assert modelarts.list_image(ListImageRequest(type="DEDICATED")).data == []


def test_a_save_goes_on_after_a_killed_server(tmp_path):
    with Server(tmp_path) as server:
        server.top_up("100")
        notebooks = Notebooks(server, modelarts_client(server))
        made = notebooks.running("saves")
        jupyter = Jupyter(server, made)
        install(jupyter, wheel("first", "1.0", ""))
        # Large enough for the kill to come before the end of the copy.
        jupyter.run(jupyter.new_kernel(), "import os\nfor n in range(4000):\n    open(os.environ['PIP_TARGET'] + "
                                          "f'/first/{n}.bin', 'wb').write(os.urandom(20_000))")
        saved = notebooks.client.create_image(CreateImageRequest(
            id=made.id, body=ImageCreateReq(namespace="lab", name="killed", tag="1")))
        server.kill()
        server.start()
        notebooks.client = modelarts_client(server)
        wait(lambda: notebooks.client.show_image(ShowImageRequest(id=saved.id)).status == "ACTIVE", what="the image")
        assert notebooks.wait(made.id, "RUNNING").fail_reason == ""
        assert len(list(server.data.glob(f"images/{saved.id}/0/first/*.bin"))) == 4000
        assert [place.name for place in server.data.glob("images/*")] == [saved.id]
        notebooks.clear()


def install(jupyter, packed):
    """Uploads a wheel and installs it, as without a network one does."""
    name, content = packed
    answer = jupyter.request("PUT", f"/api/contents/{name}", json={
        "type": "file", "format": "base64", "content": base64.b64encode(content).decode()})
    assert answer.status_code == 201, answer.text
    said = jupyter.run(jupyter.new_kernel(), f"import subprocess\nprint(subprocess.run(['pip', 'install', '-q', '--upgrade', "
                       f"'--no-deps', '--no-index', '{name}'], capture_output=True, text=True))")
    assert "returncode=0" in said, said


def wheel(name, version, code):
    """A package of one module and one program."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"__version__ = '{version}'\n{code}\ndef main():\n    print('the tool of', __version__)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-tool = {name}:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return f"{name}-{version}-py3-none-any.whl", packed.getvalue()
