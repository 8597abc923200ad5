"""What it costs: run by ``python -m tests.benchmarks [NAME …]``, never by pytest.

Each module measures one thing and yields a :class:`~tests.benchmarks.measure.Row` for each bar
of it. Times depend on the machine and on what else it does, so nothing is asserted here.
"""
