"""Where a model's commands run: contained, and described so that others can say how.

A *session* is one sample's sandbox. It is started by a *keeper*, a small process that runs as an
unprivileged account outside, and consists of namespaces made by Bubblewrap around a process that
only waits. Nothing of ours runs in it but what is asked::

    Inspect ── provider ── session ──socket── keeper ──┬── bwrap ── first process of the namespaces
    (this process)                                     └── operation ──enters──▶ command, file

- A command, a read and a write are each an *operation*: a child of the keeper that enters the
  namespaces, gives up every privilege and then does what it was asked. So a path means what it
  means to the commands, whatever links they made.
- Limits that a control group can hold are held by one; the rest by resource limits and by the
  keeper's watch. The fingerprint says which.
- What the sandbox is made of is its fingerprint, part of a campaign's environment.

`keeper`, `operation`, `confinement`, `seccomp` and `wire` are run by an interpreter that sees no
installed package: they import the standard library and each other.
"""
