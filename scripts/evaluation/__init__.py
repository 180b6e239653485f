"""The evaluation of the theme model: experiments, their figures, and the page made of them."""
