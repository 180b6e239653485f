"""The parts of scripts/bench_search: a corpus of any size, the engines, the questions, the page."""
