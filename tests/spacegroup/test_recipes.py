"""The recipes of docs/howto cannot be run here; what can be checked of them is."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from edex.cli_pdfs import make

RECIPES = Path(__file__).parents[2] / "docs" / "howto" / "recipes"
SCRIPTS = sorted(RECIPES.glob("*.sh"))

if not RECIPES.is_dir():
    pytest.skip("the documentation is not part of this copy", allow_module_level=True)


def commands(path):
    """Yield the words of each command of a script, continued lines joined."""
    for line in path.read_text().replace("\\\n", " ").splitlines():
        if line and not line.startswith("#"):
            yield [word for word in shlex.split(line) if word != "&"]


def kubernetes():
    """The objects of the recipe by kind and name."""
    objects = yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text())
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}


def containers():
    """The pods' containers by name, each with the volumes of its pod."""
    for item in kubernetes().values():
        pod = item.get("spec", {}).get("template", {}).get("spec", {})
        for container in pod.get("containers", []):
            yield container["name"], container, pod.get("volumes", [])


def require_edex(words):
    """Let click read the words after ``edex data make pdfs``."""
    place = words.index("edex")
    assert words[place + 1 : place + 4] == ["data", "make", "pdfs"]
    arguments = [re.sub(r"^\$\w+$", "16", word) for word in words[place + 4 :]]
    context = make.commands["pdfs"].make_context("pdfs", arguments)
    assert context.params["resume"]
    return context.params


def require_dask(words):
    """Let click read the words after ``dask scheduler`` or ``dask worker``."""
    pytest.importorskip("distributed", reason="needs the extra [scale]")
    from distributed.cli.dask_scheduler import main as scheduler
    from distributed.cli.dask_worker import main as worker

    place = words.index("dask")
    command = {"scheduler": scheduler, "worker": worker}[words[place + 1]]
    arguments = [re.sub(r"^\$\w+$", "16", word) for word in words[place + 2 :]]
    known = {option for parameter in command.params for option in parameter.opts}
    known |= {option for parameter in command.params for option in parameter.secondary_opts}
    unknown = [w for w in arguments if w.startswith("--") and w.partition("=")[0] not in known]
    assert unknown == []
    return arguments


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
class TestSlurm:
    @pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
    def test_bash_can_read_it(self, script):
        subprocess.run(["bash", "-n", str(script)], check=True)

    def test_its_commands_have_the_options_they_use(self, script):
        found = [words for words in commands(script) if {"edex", "dask"} & set(words)]
        assert found
        for words in found:
            require_dask(words) if "dask" in words else require_edex(words)

    def test_it_stops_at_an_error_and_may_be_requeued(self, script):
        text = script.read_text()
        assert "set -euo pipefail" in text
        assert "#SBATCH --requeue" in text
        assert "#SBATCH --time=" in text


def test_the_workers_of_the_many_nodes_meet_the_client_at_the_scheduler():
    text = (RECIPES / "slurm-many-nodes.sh").read_text()
    assert text.count('"$scheduler"') == 2
    assert 'scheduler="tcp://$(hostname):$port"' in text
    assert '--port "$port"' in text


class TestKubernetes:
    def test_all_parts_are_there(self):
        kinds = [kind for kind, _ in kubernetes()]
        assert sorted(kinds) == [
            "Deployment", "Deployment", "Job", "PersistentVolumeClaim", "Service",
        ]  # fmt: skip

    def test_selectors_find_their_pods(self):
        for (kind, _), item in kubernetes().items():
            if kind == "Deployment":
                spec = item["spec"]
                assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
        service = kubernetes()["Service", "edex-scheduler"]["spec"]
        pods = kubernetes()["Deployment", "edex-scheduler"]["spec"]["template"]["metadata"]
        assert service["selector"] == pods["labels"]

    def test_workers_and_client_find_the_scheduler(self):
        (port,) = kubernetes()["Service", "edex-scheduler"]["spec"]["ports"]
        address = f"tcp://edex-scheduler:{port['port']}"
        found = {name: container["command"] for name, container, _ in containers()}
        assert address in require_dask(found["worker"])
        assert require_edex(found["client"])["scheduler"] == address
        assert str(port["port"]) in require_dask(found["scheduler"])

    def test_workers_and_client_share_a_folder_under_one_path(self):
        (claim,) = [name for kind, name in kubernetes() if kind == "PersistentVolumeClaim"]
        spec = kubernetes()["PersistentVolumeClaim", claim]["spec"]
        assert spec["accessModes"] == ["ReadWriteMany"]
        paths = []
        for name, container, volumes in containers():
            if name in ("worker", "client"):
                (volume,), (mount,) = volumes, container["volumeMounts"]
                assert volume["persistentVolumeClaim"]["claimName"] == claim
                assert volume["name"] == mount["name"]
                paths.append(mount["mountPath"])
            if name == "client":
                folder = require_edex(container["command"])["folder"]
        assert paths == ["/data", "/data"]
        assert folder.as_posix().startswith("/data/")

    def test_all_run_the_same_image(self):
        assert len({container["image"] for _, container, _ in containers()}) == 1


def test_pages_link_to_recipes_that_exist():
    for page in RECIPES.parent.glob("simulate-on-*.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / link).is_file(), f"{page.name} links to {link}"


def test_every_recipe_is_explained_on_a_page():
    pages = "".join(page.read_text() for page in RECIPES.parent.glob("*.md"))
    assert [path.name for path in RECIPES.iterdir() if f"recipes/{path.name}" not in pages] == []


def test_edex_does_not_need_dask_jobqueue():
    project = (RECIPES.parents[2] / "pyproject.toml").read_text()
    assert "jobqueue" not in project
