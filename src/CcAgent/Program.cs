using CcAgent;

return AgentVerbs.Run(args);
