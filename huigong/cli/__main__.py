from huigong.cli import main

main(prog_name="huigong")
