"""The event file of D2LTraining's TensorBoardTests as TensorBoard's own library writes it, in hexadecimal digits; with a path, what that library reads there.

    python tensorboard_events.py [FILE]      (needs: pip install tensorboard)
"""

import io
import sys

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def golden() -> str:
    events = [Event(wall_time=1700000000.5, file_version="brain.Event:2")]
    for step, values in [(1, {"loss/test": 0.75, "loss/train": 0.5}), (300, {"accuracy/train": 0.1})]:
        points = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        events.append(Event(wall_time=1700000000.5 + step, step=step, summary=Summary(value=points)))
    memory = io.BytesIO()
    writer = RecordWriter(memory)
    for event in events:
        writer.write(event.SerializeToString())
    return memory.getvalue().hex()


if len(sys.argv) == 1:
    print(golden())
else:
    for event in EventFileLoader(sys.argv[1]).Load():
        for value in event.summary.value:
            print(event.step, value.tag, value.tensor.float_val[0] if value.HasField("tensor") else value.simple_value)
