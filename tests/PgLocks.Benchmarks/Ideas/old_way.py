"""The old way in Python: a dictionary of locks in a multiprocessing.Manager, every access a round trip to its process.

Usage: old_way.py KEYS REPEATS CONTENDED_SECONDS. Writes one JSON object with the durations of each stage in ns.
"""
import json
import multiprocessing
import random
import sys
import time

STAGES = ("lookUp", "creation", "wait", "hold", "total")


def once(locks, manager_lock, key, stages):
    begun = time.perf_counter_ns()
    known = key in locks
    looked_up = created = time.perf_counter_ns()
    if not known:
        locks[key] = manager_lock()
        created = time.perf_counter_ns()
        stages["creation"].append(created - looked_up)
    lock = locks[key]
    lock.acquire()
    granted = time.perf_counter_ns()
    lock.release()
    released = time.perf_counter_ns()
    stages["lookUp"].append(looked_up - begun)
    stages["wait"].append(granted - created)
    stages["hold"].append(released - granted)
    stages["total"].append(released - begun)


def new_stages():
    return {stage: [] for stage in STAGES}


def contend(locks, seconds, barrier, results):
    stages = new_stages()
    once(locks, None, "hot", new_stages())
    barrier.wait()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        once(locks, None, "hot", stages)
    results.put(stages)


def main():
    keys, repeats, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with multiprocessing.Manager() as manager:
        locks = manager.dict()
        names = [f"5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t{number}:EURUSD" for number in range(keys)]
        first, warm, contended = new_stages(), new_stages(), new_stages()
        for name in names:
            once(locks, manager.Lock, name, first)
        for _ in range(repeats):
            random.shuffle(names)
            for name in names:
                once(locks, manager.Lock, name, warm)
        locks["hot"] = manager.Lock()
        results, barrier = multiprocessing.Queue(), multiprocessing.Barrier(2)
        processes = [multiprocessing.Process(target=contend, args=(locks, seconds, barrier, results)) for _ in range(2)]
        for process in processes:
            process.start()
        for _ in processes:
            for stage, durations in results.get().items():
                contended[stage].extend(durations)
        for process in processes:
            process.join()
    json.dump({"first": first, "warm": warm, "contended": contended}, sys.stdout)


if __name__ == "__main__":
    main()
