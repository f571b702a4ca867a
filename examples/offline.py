"""The engine without a server: load the embedded model, add a prompt, and step until the reply is complete.

Run it from the root of the repository with `python -m examples.offline`, or anywhere with the package installed.
"""

from app import model_source
from app.engine.loading import choose_placement, load_model
from app.messages.events import Committed
from app.messages.params import GenerationParams
from app.settings import Settings

options = model_source(Settings())  # Settings(model_path=...) selects another model
engine, checkpoint = load_model(options, *choose_placement(options))
messages = [{"role": "user", "content": "Write a Python function `add(a, b)` that returns the sum of two numbers."}]
prompt = checkpoint.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)  # token ids
engine.add(prompt, GenerationParams(gen_length=64, steps=64, block_length=4))

token_ids: list[int] = []
while engine.has_work:
    for event in engine.step():
        if isinstance(event, Committed):
            token_ids += [token.id for token in event.tokens]
print(checkpoint.tokenizer.decode(token_ids, skip_special_tokens=True))
