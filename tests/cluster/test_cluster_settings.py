"""The command's options, deployment files and examples. Needs no Ray."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.cli import main
from app.cli.parser import parse
from app.cluster.settings import Scale, read_arguments
from app.errors import ConfigError
from app.settings import ROOT, Settings

EXAMPLES = ROOT / "examples" / "cluster"
NO_RAY = importlib.util.find_spec("ray") is None


def application(config: dict[str, Any]) -> dict[str, Any]:
    (found,) = config["applications"]
    return dict(found)


def rayservice() -> dict[str, Any]:
    return manifests()[0]


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXAMPLES / "rayservice.yaml").read_text()))


def applications() -> list[Any]:
    return [
        pytest.param(application(yaml.safe_load((EXAMPLES / "serve.yaml").read_text())), id="serve.yaml"),
        pytest.param(application(yaml.safe_load(rayservice()["spec"]["serveConfigV2"])), id="rayservice.yaml"),
    ]


@pytest.mark.parametrize("found", applications())
def test_arguments_of_the_examples(found: dict[str, Any]) -> None:
    settings, scale = read_arguments(found["args"])

    assert found["name"] == "elbarto"
    assert settings.source.path == "ByteDance-Seed/Stable-DiffCoder-8B-Instruct"
    assert (scale.min_replicas, scale.max_replicas, scale.num_cpus) == (1, 4, None)
    module, _, name = found["import_path"].partition(":")
    source = Path(ROOT, *module.split(".")).with_suffix(".py").read_text()
    assert f"def {name}(" in source


def test_commands_of_the_examples() -> None:
    compose = yaml.safe_load((EXAMPLES / "compose.yaml").read_text())["services"]["front"]["command"]
    deployment = manifests()[1]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    kubernetes = container["args"][0].partition("exec ")[2]
    for command, replicas in ((compose, (2, None)), (kubernetes, (1, 4))):
        args = parse(shlex.split(command)[3:])
        assert args is not None
        assert (args.command, args.replicas, args.max_replicas) == ("cluster", *replicas)


def test_the_rayservice_is_one_for_kuberay() -> None:
    schema = yaml.safe_load(Path(__file__).with_name("rayservice.schema.yaml").read_text())
    manifest = rayservice()
    jsonschema.validate(manifest, schema)

    cluster = manifest["spec"]["rayClusterConfig"]
    required = next(line for line in (ROOT / "requirements-ray.txt").read_text().splitlines() if "==" in line)
    assert required == f"ray[serve]=={cluster['rayVersion']}"
    (workers,) = cluster["workerGroupSpecs"]
    _, scale = read_arguments(application(yaml.safe_load(manifest["spec"]["serveConfigV2"]))["args"])
    assert (workers["minReplicas"], workers["maxReplicas"]) == (scale.min_replicas, scale.max_replicas)
    workers["min_replicas"] = 1
    with pytest.raises(jsonschema.ValidationError, match="'min_replicas' was unexpected"):
        jsonschema.validate(manifest, schema)


def test_pods_of_the_rayservice_get_no_variables_of_services_and_share_a_token() -> None:
    service, deployment, _ = manifests()
    cluster = service["spec"]["rayClusterConfig"]
    front = deployment["spec"]["template"]["spec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    for pod in (front, *(group["template"]["spec"] for group in groups)):
        assert pod["enableServiceLinks"] is False, "ELBARTO_HEAD_SVC_PORT=tcp://... is no setting"

    environ = {variable["name"]: variable for variable in front["containers"][0]["env"]}
    assert cluster["authOptions"]["mode"] == environ["RAY_AUTH_MODE"]["value"]
    secret = environ["RAY_AUTH_TOKEN"]["valueFrom"]["secretKeyRef"]
    assert secret == {"name": cluster["authOptions"]["secretName"], "key": "auth_token"}


def test_the_service_leads_to_the_front() -> None:
    _, deployment, service = manifests()
    template = deployment["spec"]["template"]
    ports = {port["name"] for port in template["spec"]["containers"][0]["ports"]}

    assert service["spec"]["selector"] == template["metadata"]["labels"]
    assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_replicas": 0}, "min_replicas must be an integer from 1, got 0"),
        ({"num_cpus": "2"}, "num_cpus must be an integer from 1, got '2'"),
        ({"min_replicas": 3, "max_replicas": 2}, "max_replicas must be at least min_replicas, 3, got 2"),
        ({"max_replica": 2}, "max-replica"),
        ({"max_sequences": "none"}, "none"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_arguments(arguments)


def test_the_front_has_room_for_all_replicas() -> None:
    front = Scale(min_replicas=2, max_replicas=3).front_settings(Settings(max_sequences=4, max_queue=10))

    assert (front.max_sequences, front.max_queue) == (12, 30)


def test_attaching_needs_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", "--attach"]) == 2
    assert "--attach needs --ray-address or ELBARTO_RAY_ADDRESS" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["auto", "ray://10.0.0.1", "10.0.0.1"])
def test_an_address_has_a_port(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", "--ray-address", address]) == 2
    assert f"must be HOST:PORT, such as 10.0.0.1:6379, got {address!r}" in capsys.readouterr().err


@pytest.mark.skipif(not NO_RAY, reason="Ray is installed")
def test_without_ray_the_command_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster"]) == 2
    assert "pip install -r requirements-ray.txt" in capsys.readouterr().err
