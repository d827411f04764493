# file: ipc/util.c
# call: shmat
# class: permissions
# wrong: The creator's group is one of the others when the segment has another.
/^int ipcperms(/,/^}/ s/in_group_p(ipcp->cgid) || //
