"""Trains a network on scikit-learn's handwritten digits and leaves the model in the folder of the output channel."""

import argparse
import json
import pathlib
import time

import joblib
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main():
    options = read_options()
    pictures, digits = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        pictures, digits, test_size=options.test_size, stratify=digits, random_state=options.seed)
    print(f"{len(train_x)} pictures to learn from, {len(test_x)} to be examined on", flush=True)
    scaler = StandardScaler().fit(train_x)
    network = MLPClassifier(
        hidden_layer_sizes=(options.width, options.width), batch_size=32, alpha=1e-3, random_state=options.seed)
    train(network, scaler.transform(train_x), train_y, options.epochs)
    model = make_pipeline(scaler, network)
    accuracy = model.score(test_x, test_y)
    write(options, model, accuracy, confusion_matrix(test_y, model.predict(test_x)))
    print(f"accuracy {accuracy:.4f}", flush=True)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path("model"), help="folder to write to")
    parser.add_argument("--epochs", type=int, default=150, help="times that every picture is seen")
    parser.add_argument("--width", type=int, default=256, help="neurons in each of the two layers")
    parser.add_argument("--test-size", type=float, default=0.25, help="share of the pictures kept for the examination")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same model")
    return parser.parse_args()


def train(network, pictures, digits, epochs):
    """Shows the network every picture `epochs` times; tells how far it is about ten times."""
    began = time.monotonic()
    for epoch in range(1, epochs + 1):
        network.partial_fit(pictures, digits, classes=range(10))
        if epoch * 10 // epochs != (epoch - 1) * 10 // epochs:
            seconds = time.monotonic() - began
            print(f"{100 * epoch // epochs:3d} %  epoch {epoch}  loss {network.loss_:.4f}  {seconds:.1f} s", flush=True)


def write(options, model, accuracy, confusion):
    options.model.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, options.model / "model.joblib")
    metrics = {"accuracy": accuracy, "epochs": options.epochs, "confusion": confusion.tolist()}
    (options.model / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    print(f"wrote model.joblib and metrics.json to {options.model}", flush=True)


if __name__ == "__main__":
    main()
