# file: ipc/util.c
# call: shmctl
# class: permissions
# wrong: A new segment has the real group id.
/^int ipc_addid(/,/^}/ s/new->gid = new->cgid = egid;/new->gid = new->cgid = current_gid();/
