# file: ipc/util.c
# call: shmget
# class: limits
# wrong: shmget makes one segment more than kernel.shmmni allows.
/^int ipc_addid(/,/^}/ s/ids->in_use >= limit/ids->in_use > limit/
