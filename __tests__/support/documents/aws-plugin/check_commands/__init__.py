from .check_commands import awscli_initialize
