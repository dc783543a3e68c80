"""One-line Python request handlers, sound or open to injection, and an oracle that tells which.

The generator writes from tables. The oracle follows the tainted name ``q``: what a sink's own
sanitiser takes away is safe, and any ``q`` that is left reaches the sink.
"""

import re

from holdshort.assess.suites.draws import Draws

RULE = (
    "Python, `q` is text from an untrusted client, `notify` only prints its arguments. Exactly "
    "{count} of these lines let the client inject SQL, shell commands, code, markup or format "
    "fields, or open a file outside BASE:"
)

_SELECT = '"SELECT {w} FROM {v} WHERE {u} = '

# (sound, faulty) for each kind of sink; {u}, {v}, {w} are random words.
_KINDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            "db.execute(" + _SELECT + '?", (q,))',
            "db.execute(" + _SELECT + '" + str(int(q)))',
            "db.execute(" + _SELECT + '?" + " ORDER BY {u}", (q,))',
        ),
        (
            "db.execute(" + _SELECT + '\'" + q + "\'")',
            "db.execute(f" + _SELECT + "'{{q}}'\")",
            "db.execute(" + _SELECT + '" + html.escape(q))',
            "db.execute(" + _SELECT + '? ORDER BY " + q, (1,))',
        ),
    ),
    (
        (
            "open(os.path.join(BASE, os.path.basename(q)))",
            'open(os.path.join(BASE, "{w}-%d" % int(q)))',
        ),
        (
            "open(os.path.join(BASE, q))",
            'open(BASE + "/{w}/" + os.path.normpath(q))',
            'open(os.path.join(BASE, q.replace("../", "")))',
        ),
    ),
    (
        (
            'subprocess.run(["notify", "{w}", q])',
            'subprocess.run("notify {w} " + shlex.quote(q), shell=True)',
        ),
        (
            'subprocess.run("notify {w} " + q, shell=True)',
            'subprocess.run("notify {w} " + os.path.basename(q), shell=True)',
            'os.system("notify {w} \'" + q + "\'")',
            'subprocess.run("notify {w} " + html.escape(q), shell=True)',
        ),
    ),
    (
        ("ast.literal_eval(q)", "json.loads(q)"),
        (
            "eval(q)",
            'eval("(" + q + ")", {{"{w}": 1}})',
            "pickle.loads(bytes.fromhex(q))",
            "yaml.load(q, Loader=yaml.UnsafeLoader)",
        ),
    ),
    (
        (
            'html_page("<b>{w} " + html.escape(q) + "</b>")',
            'html_page(f"<b>{w} {{len(q)}}</b>")',
        ),
        (
            'html_page("<b>{w} " + q + "</b>")',
            'html_page(f"<b>{w} {{q}}</b>")',
            'html_page("<b>{w} " + shlex.quote(q) + "</b>")',
        ),
    ),
    (
        ('"{w} {{0}}: {{1}}".format(user, q)',),
        ('("{w} {{0}}: " + q).format(user)',),
    ),
)

# What makes q harmless for a sink that starts the returned expression.
_CLEANED = {
    "db.execute": (r", \(q,\)", r"int\(q\)"),
    "open": (r"os\.path\.basename\(q\)", r"int\(q\)"),
    "subprocess.run": (r"shlex\.quote\(q\)", r"\[(\"\w+\", )+q\]"),
    "os.system": (r"shlex\.quote\(q\)",),
    "html_page": (r"html\.escape\(q\)", r"len\(q\)"),
    "ast.literal_eval": (r"\(q\)",),
    "json.loads": (r"\(q\)",),
    '"': (r"\.format\(user, q\)",),
}


def write(name: str, draws: Draws, words: list[str], *, faulty: bool) -> str:
    """Return one handler as a line of Python."""
    sound, broken = draws.pick(_KINDS)
    form = draws.pick(broken if faulty else sound)
    u, v, w = draws.sample(words, 3)
    return f"def {name}(q): return {form.format(u=u, v=v, w=w)}"


def is_faulty(line: str) -> bool:
    """Tell whether an uncleaned ``q`` reaches the sink."""
    body = line.split("return ", 1)[1]
    for sink, cleaners in _CLEANED.items():
        if body.startswith(sink):
            for cleaner in cleaners:
                body = re.sub(cleaner, "", body)
    return re.search(r"\bq\b", body) is not None
