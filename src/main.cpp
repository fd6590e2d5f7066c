// Everything is in cli/: one program, its commands (tributary --help).
#include "cli/cli.hpp"

int main(int argc, char** argv) { return tributary::run_command_line(argc, argv); }
