"""Text of both languages: digits, tokens, sentences, normalisation, folding, dates, offset maps.

Nothing is imported here, so that a command which needs one function does not pay for hazm and
spaCy; import from the module that has it, as in ``from textmine.text.tokens import tokens``.
"""
