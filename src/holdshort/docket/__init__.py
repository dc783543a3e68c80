"""Where each case stands: a pure fold of the rulebook over the acts."""
