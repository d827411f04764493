# file: ipc/util.c
# call: sysctl
# class: namespaces
# wrong: A new namespace starts with a kernel.shm_next_id of 0.
/^void ipc_init_ids(/,/^}/ s/ids->next_id = -1;/ids->next_id = 0;/
