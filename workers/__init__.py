"""Keras, kept out of the web process.

Streamlit and Keras in one process get in each other's way: Streamlit clears Keras' state after every run of
every visitor, and one model that is too large takes the whole server down. So every question about a model is
answered by a **worker**: a Python process of its own, which imports Keras once, and then reads requests and
writes replies, one line of JSON each.

Read in this order:

1. `limits.py`    how many workers, how long, how much memory: all of it in one place
2. `messages.py`  what the two sides say to each other, and the sentences for learners
3. `worker.py`    the worker: `python -m workers.worker`
4. `job.py`       a request on its way, and the stream of its replies
5. `line.py`      the requests that wait: who is next
6. `memory.py`    what a process gives back to the system
7. `zygote.py`    the process that imports Keras once and forks workers
8. `nursery.py`   where worker processes come from
9. `process.py`   one worker process as the web side sees it
10. `pool.py`     the web side: starts workers, hands out requests, replaces what hangs, dies or grows
11. `shared.py`   the one pool of the process, and the replies that are remembered (`remembered.py`)

How a page uses it (one pool for the whole server, shared by all threads):

    pool = shared.pool()                                              # starts it and returns at once
    explanation = pool.call("explain", {"name": "conv1d"}, type=Explanation)
    with pool.stream("train", {"epochs": 7}, type=Training) as training:
        for progress in training:                                     # {"epoch": 1, "loss": 0.31}
            ...
    training.result

What a learner notices when something goes wrong is one `WorkerError` with a sentence to show as it is:

| kind        | what happened                                          | the worker | asked again by itself        |
|-------------|--------------------------------------------------------|------------|------------------------------|
| starting    | no worker is ready yet, or none can be started         | kept       | no                           |
| busy        | the queue is full, or the wait in it was too long      | kept       | no                           |
| timeout     | the reply took too long                               | replaced   | no: it would take as long    |
| memory      | the reply needed too much memory                      | kept or replaced | no: it would need as much |
| died        | the process ended in the middle                        | replaced   | once, unless it did so itself |
| cancelled   | somebody stopped it, or the server is shutting down    | kept or replaced | no                     |
| bad_request | the request makes no sense to the service              | kept       | no                           |
| failed      | a mistake in this app                                  | kept       | no                           |

Memory is watched twice. The operating system refuses a worker more than its limit above what it used after
its start; that is an ordinary error in the worker, which lives on. What gets past that (memory that isn't
private data) is seen by the pool within a tenth of a second, which then ends the worker.

No thread of the pool ends by an exception. What the machine refuses at any of its calls (descriptors, threads, memory,
signals) is told in the log now and then, and tried again; the asker gets a sentence, and never waits for ever.
"""
