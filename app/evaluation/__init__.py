"""`elbarto eval`: benchmarks of code generation through the API of a running server. Needs no torch.

problems.py and formats.py read the published files, sampling.py asks the server, answers.py finds the code in its
answers, sandbox.py runs it, report.py counts. run.py is the sequence of these.
"""
