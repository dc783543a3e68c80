"""``holdshort register publish``: bring what is published, and its mirrors, up to date."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, next_step, say


@click.command("publish", short_help="Bring what is published, and its mirrors, up to date.")
@click.option("--to", "urls", multiple=True, help="Also to this folder or URL; repeatable.")
@click.option("--anew", multiple=True, help="This mirror was lost: it may be empty; repeatable.")
@click.option("--whole", is_flag=True, help="Look for every file there: mends what is lost.")
@data_option
@json_option
def command(
    urls: tuple[str, ...], anew: tuple[str, ...], whole: bool, data: Path, as_json: bool
) -> None:
    """Publish what is on the register, then copy it to its mirrors.

    The mirrors are those of register.toml, of --to and of --anew. Nothing there is moved back or
    written over: a mirror that is ahead, or of another log, is told, and both checkpoints are kept.
    One that shows less than it held is taken to be away, unless --anew says that it was lost.
    """
    from holdshort.cli.verification.progress import bar
    from holdshort.office.door import Office
    from holdshort.office.mirrors import Mirrors
    from holdshort.office.place import Place

    if anew:
        Mirrors(Place(data)).forget(anew)
    office = Office.open(data)
    office.publish()
    done = []
    for url in dict.fromkeys((*office.place.settings.mirrors, *urls, *anew)):
        with bar(quiet=as_json) as heard:
            done.append(office.mirror(url, evidence=office.place.root, whole=whole, progress=heard))
    if as_json:
        size = office.folder.size()
        emit({"published": size, "mirrors": [vars(each) for each in done]})
        return
    say(f"Published: {office.folder.size()} entries in {office.folder.path}")
    for each in done:
        new = f"{each.size - each.before} entries more" if each.size > each.before else "up to date"
        say(f"{each.url}: {new}; {each.files} files of the log and {each.blobs} documents sent")
    if done:
        next_step(f"holdshort verify {done[-1].url}", "to check a mirror as a stranger would")
