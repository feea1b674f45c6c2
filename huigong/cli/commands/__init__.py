"""The commands of `huigong`, grouped as an operator meets them. Heavy imports wait until a command runs."""
