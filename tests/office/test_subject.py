"""What is reviewed: which model, which weights, which facts."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdshort.errors import BadInput
from holdshort.office.place import Place
from holdshort.office.subject import Given, Subject, resolve


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data")


def test_a_reference_model_is_identified_by_the_code_of_the_suites(place: Place) -> None:
    subject = resolve(Given("reference/solver"), place)
    assert subject.name == subject.title == "reference/solver"
    assert subject.weights is not None
    card = json.loads((subject.weights / "reference-model.json").read_text())
    assert sorted(card["code"]) == [
        *("automated_rnd", "biological_weapons", "cybersecurity", "loss_of_control")
    ]
    again = resolve(Given("reference/solver"), place)
    assert again.case(again.manifest()) == subject.case(subject.manifest())


def test_a_gguf_file_is_named_without_the_folders_of_this_machine(
    place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "weights" / "small.gguf"
    path.parent.mkdir()
    path.write_bytes(b"GGUF")
    subject = resolve(Given(f"gguf/{path}"), place)
    assert subject == Subject("gguf/small", "small", path.parent, None, {"path": str(path)})


def test_weights_and_arguments_given_go_before_those_found(place: Place, tmp_path: Path) -> None:
    given = Given("openai/gpt", tmp_path, model_args={"base_url": "there"})
    assert resolve(given, place) == Subject("openai/gpt", "gpt", tmp_path, None, given.model_args)


def test_what_is_not_there_is_named(place: Place, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for given in (Given("reference/null", weights=nowhere), Given("reference/null", facts=nowhere)):
        with pytest.raises(BadInput, match="nowhere"):
            resolve(given, place)


def test_facts_may_be_the_name_of_a_shipped_file_with_dots_in_it(place: Place) -> None:
    subject = resolve(Given("reference/null", facts=Path("llama-3.1-405b")), place)
    assert subject.facts is not None
    assert subject.facts.name == "llama-3.1-405b.yaml"


def test_a_model_without_weights_is_a_case_of_its_own(place: Place, tmp_path: Path) -> None:
    subject = resolve(Given("openai/gpt"), place)
    assert subject.manifest() is None
    assert subject.case(None).startswith("review-gpt-")
    (tmp_path / "weights").write_text("w")
    weighed = resolve(Given("openai/gpt", tmp_path), place)
    assert weighed.case(weighed.manifest()) != subject.case(None)


@pytest.mark.parametrize("title", ["Größe/3.5 (β)", "…", "A" * 300])
def test_a_case_id_is_one_whatever_the_model_is_called(title: str) -> None:
    from holdshort.register.act import check_identifier

    check_identifier(Subject("x/y", title, None, None).case(None), "case")


@pytest.fixture
def served() -> Iterator[list[str]]:
    """A server on this machine that offers the models in the list; its address comes last."""
    offered: list[str] = []

    class Models(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"data": [{"id": each} for each in offered[:-1]]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Models) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        offered.append(f"http://127.0.0.1:{server.server_port}/v1")
        yield offered
        server.shutdown()


def test_a_server_is_asked_for_its_one_model_and_does_not_enter_its_name(
    place: Place, served: list[str]
) -> None:
    served.insert(0, "folder/small.gguf")
    subject = resolve(Given(served[-1]), place)
    assert subject.name == "openai-api/served/folder/small.gguf"
    assert subject.title == "small"
    assert subject.model_args["base_url"] == served[-1]


def test_a_server_with_several_models_asks_which(place: Place, served: list[str]) -> None:
    served[:0] = ["one", "two"]
    with pytest.raises(BadInput, match="2 models: one, two"):
        resolve(Given(served[-1]), place)
    assert resolve(Given(f"{served[-1]}#two"), place).title == "two"


def test_no_server_is_said_to_be_none(place: Place) -> None:
    with pytest.raises(BadInput, match="No OpenAI-compatible server"):
        resolve(Given("http://127.0.0.1:9/v1"), place)


def test_a_model_has_room_to_reason_unless_told_otherwise(place: Place) -> None:
    assert resolve(Given("reference/solver"), place).max_tokens == 4096
    assert resolve(Given("reference/solver", max_tokens=300), place).max_tokens == 300
    assert resolve(Given(), place).max_tokens == 64
