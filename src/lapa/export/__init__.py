"""Trained models leave the project: as ONNX, as `torch.export`, as a folder for the Hugging Face Hub."""
